//! A graph that was read back from its JSON, and draws itself as the one that wrote it. It has what
//! pictures and reports need; it runs nothing and proves nothing.

use std::fmt;

use serde::Deserialize;

use super::NodeKind;
use super::dot::dot;
use super::mermaid::mermaid;
use super::picture::{Drawn, DrawnEdge, DrawnNode, Picture, Shape};
use super::type_name::without_modules;

/// A graph that was read back from the JSON of a [`Graph`](crate::Graph), where the flow itself is not
/// compiled in: in a command, or from a store.
///
/// ```
/// use penguiflow::StoredGraph;
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn fetch(url: String) -> Vec<u8> {
///     url.into_bytes()
/// }
///
/// #[node]
/// async fn hash(bytes: Vec<u8>) -> u64 {
///     bytes.len() as u64
/// }
///
/// let flow = flow! { fetch -> hash };
/// let stored = StoredGraph::from_json(&flow.graph().to_json())?;
/// assert_eq!(stored.to_mermaid(), flow.graph().to_mermaid());
/// assert_eq!(stored.nodes[1].name, "hash");
/// # Ok::<(), penguiflow::ParseGraphError>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct StoredGraph {
    /// The flow's name.
    pub name: String,
    /// The nodes, in the order in which the flow names them.
    pub nodes: Vec<StoredNode>,
    /// The edges between nodes.
    pub edges: Vec<StoredEdge>,
    /// The nodes that OpenSea leads to, by their place in `nodes`.
    pub entries: Vec<usize>,
    /// The nodes that lead to Rookery, by their place in `nodes`.
    pub exits: Vec<usize>,
}

/// A node of a [`StoredGraph`].
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct StoredNode {
    /// Its name in the flow.
    pub name: String,
    /// What it is in its flow.
    pub kind: NodeKind,
    /// The type that it takes, with its modules.
    pub input: String,
    /// The type that follows its edges.
    pub output: String,
    /// The type of its `Break`, if it has one.
    pub exit: Option<String>,
    /// The graph of the flow that it is, if it is a playbook.
    pub playbook: Option<Box<StoredGraph>>,
    #[serde(skip)]
    is_marked: bool,
}

/// An edge of a [`StoredGraph`], between nodes by their place in its `nodes`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct StoredEdge {
    /// The node whose output it carries.
    pub from: usize,
    /// The node that takes it.
    pub to: usize,
    /// Whether it goes round a loop.
    pub is_hop: bool,
    /// Whether it leads to the node that takes over when the first one fails.
    pub is_fallback: bool,
    /// The pattern of the `match` arm that it belongs to.
    pub pattern: Option<String>,
}

impl StoredGraph {
    /// Reads a graph that [`Graph::to_json`](crate::Graph::to_json) wrote, or any serialisation of a
    /// `Graph` as JSON.
    ///
    /// # Errors
    ///
    /// If the text is not such a graph: the error names the place.
    pub fn from_json(text: &str) -> Result<Self, ParseGraphError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let graph: Self =
            serde_path_to_error::deserialize(&mut reader).map_err(|error| {
                match error.path().to_string().as_str() {
                    "." => ParseGraphError(error.inner().to_string()),
                    path => ParseGraphError(format!("`{path}`: {}", error.inner())),
                }
            })?;
        let end = reader.end();
        end.map_err(|error| ParseGraphError(error.to_string()))?;
        graph.check()?;
        Ok(graph)
    }

    /// Pictures take nodes by their places.
    fn check(&self) -> Result<(), ParseGraphError> {
        let count = self.nodes.len();
        let ends = self.edges.iter().flat_map(|edge| [&edge.from, &edge.to]);
        let mut places = ends.chain(&self.entries).chain(&self.exits);
        if let Some(place) = places.find(|place| **place >= count) {
            let reason = format!("there is no node {place}: it has {count}");
            return Err(ParseGraphError(reason));
        }
        let mut playbooks = self.nodes.iter().filter_map(|node| node.playbook.as_ref());
        playbooks.try_for_each(|graph| graph.check())
    }

    /// Marks nodes by their names: pictures draw these with a thick border, to show where a trace
    /// stands. A name that no node has is ignored.
    ///
    /// ```
    /// use penguiflow::StoredGraph;
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn double(n: u32) -> u32 {
    ///     n * 2
    /// }
    ///
    /// let json = flow! { double }.graph().to_json();
    /// let graph = StoredGraph::from_json(&json)?.mark(["double"]);
    /// assert!(graph.to_mermaid().ends_with("    class double marked\n"));
    /// # Ok::<(), penguiflow::ParseGraphError>(())
    /// ```
    #[must_use]
    pub fn mark<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        for name in names {
            let mut nodes = self.nodes.iter_mut();
            nodes
                .by_ref()
                .filter(|node| node.name == name)
                .for_each(|node| node.is_marked = true);
        }
        self
    }

    /// The graph as a Mermaid flowchart, as [`Graph::to_mermaid`](crate::Graph::to_mermaid) writes it.
    pub fn to_mermaid(&self) -> String {
        mermaid(&self.picture())
    }

    /// The graph in the DOT language, as [`Graph::to_dot`](crate::Graph::to_dot) writes it.
    pub fn to_dot(&self) -> String {
        dot(&self.picture())
    }
}

impl Drawn for StoredGraph {
    fn picture(&self) -> Picture<'_> {
        let edges = self.edges.iter().map(|edge| DrawnEdge {
            from: edge.from,
            to: edge.to,
            is_hop: edge.is_hop,
            is_fallback: edge.is_fallback,
            pattern: edge.pattern.as_deref(),
        });
        Picture {
            name: &self.name,
            nodes: self.nodes.iter().map(StoredNode::drawn).collect(),
            edges: edges.collect(),
            entries: &self.entries,
            exits: &self.exits,
        }
    }
}

impl StoredNode {
    fn drawn(&self) -> DrawnNode<'_> {
        DrawnNode {
            name: &self.name,
            shape: Shape::of(self.kind, self.playbook.is_some()),
            input: without_modules(&self.input),
            output: without_modules(&self.output),
            exit: self.exit.as_deref().map(without_modules),
            is_marked: self.is_marked,
        }
    }
}

/// Why a text is not a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseGraphError(String);

impl fmt::Display for ParseGraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not the JSON of a flow's graph: {}", self.0)
    }
}

impl std::error::Error for ParseGraphError {}
