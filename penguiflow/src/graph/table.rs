//! The table of a flow's nodes and edges: constants that feed every picture and every check.
//!
//! A node may be a flow, whose graph it refers to: so both stand in one file.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Edge, HeaderRule, TypeName};
use crate::policy::Policy;

/// The nodes and edges of a flow.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn fetch(url: String) -> Vec<u8> {
///     url.into_bytes()
/// }
///
/// #[node(timeout = "1s")]
/// async fn hash(bytes: Vec<u8>) -> u64 {
///     bytes.len() as u64
/// }
///
/// let flow = flow! { fetch -> hash };
/// assert_eq!(
///     flow.graph().to_mermaid(),
///     "flowchart TD
///     OpenSea([OpenSea])
///     fetch[fetch]
///     hash[hash]
///     Rookery([Rookery])
///     OpenSea -->|String| fetch
///     fetch -->|\"Vec&lt;u8&gt;\"| hash
///     hash -->|u64| Rookery
/// "
/// );
/// ```
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Graph {
    /// The flow's name; `flow` if it has none.
    pub name: &'static str,
    /// The nodes, in the order in which the flow names them.
    pub nodes: &'static [NodeInfo],
    /// The edges between nodes, in the order in which the flow draws them.
    pub edges: &'static [Edge],
    /// The nodes that OpenSea leads to, by their place in `nodes`.
    pub entries: &'static [usize],
    /// The nodes without successors, which lead to Rookery, by their place in `nodes`.
    pub exits: &'static [usize],
    /// How many rounds of its loops a trace may take, unless the flow value or the message sets it.
    #[serde(skip)]
    pub(crate) hops: u32,
    /// Which headers a message has after its joins.
    #[serde(skip)]
    pub(crate) headers: HeaderRule,
    /// Whether it is a part in parentheses, which has the budget of rounds of the flow around it.
    #[serde(skip)]
    pub(crate) is_part: bool,
    /// How many visits a message makes at most that reaches each node once, playbooks' included.
    #[serde(skip)]
    pub(crate) visits: u32,
}

/// How many visits a message makes that reaches each of the nodes from the first to the last once.
const fn visits(nodes: &[NodeInfo], first: usize, last: usize) -> u32 {
    let (mut visits, mut at) = (0, first);
    while at <= last {
        visits += match (&nodes[at].role, nodes[at].playbook) {
            (Role::Visit, None) => 1,
            (Role::Visit, Some(playbook)) => playbook.visits,
            _ => 0,
        };
        at += 1;
    }
    visits
}

impl Graph {
    /// A graph.
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        nodes: &'static [NodeInfo],
        edges: &'static [Edge],
        entries: &'static [usize],
        exits: &'static [usize],
    ) -> Self {
        Self {
            name,
            nodes,
            edges,
            entries,
            exits,
            hops: 8,
            headers: HeaderRule::All,
            is_part: false,
            visits: match nodes.len() {
                0 => 0,
                count => visits(nodes, 0, count - 1),
            },
        }
    }

    /// The same graph, round whose loops a trace may go so often.
    #[doc(hidden)]
    #[must_use]
    pub const fn hops(mut self, rounds: u32) -> Self {
        self.hops = rounds;
        self
    }

    /// The same graph, after whose joins a message has the headers of the first input alone.
    #[doc(hidden)]
    #[must_use]
    pub const fn first_headers(mut self) -> Self {
        self.headers = HeaderRule::First;
        self
    }

    /// The same graph as that of a part in parentheses.
    #[doc(hidden)]
    #[must_use]
    pub const fn part(mut self) -> Self {
        self.is_part = true;
        self
    }

    /// How many visits a message makes at most that reaches each of these nodes once, playbooks'
    /// included. Of each stretch of nodes, the indices of the first and the last are given.
    #[doc(hidden)]
    #[must_use]
    pub const fn visits_of(&self, stretches: &[(usize, usize)]) -> u32 {
        let (mut sum, mut at) = (0, 0);
        while at < stretches.len() {
            let (first, last) = stretches[at];
            sum += visits(self.nodes, first, last);
            at += 1;
        }
        sum
    }

    /// Whether a trace may visit a node more than once: in a loop, or for the items of a map.
    pub(crate) const fn goes_round(&self) -> bool {
        let mut at = 0;
        while at < self.edges.len() {
            if self.edges[at].is_hop {
                return true;
            }
            at += 1;
        }
        let mut at = 0;
        while at < self.nodes.len() {
            match (&self.nodes[at].role, self.nodes[at].playbook) {
                (Role::Map(_), _) => return true,
                (_, Some(playbook)) if playbook.goes_round() => return true,
                _ => at += 1,
            }
        }
        false
    }

    /// The graph as JSON: all that is known of it, policies and source lines too.
    /// [`StoredGraph::from_json`](crate::StoredGraph::from_json) reads it back.
    ///
    /// # Panics
    ///
    /// Never: every key in it is a string.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a graph has no map and no fallible field")
    }
}

/// A node of a graph: its name, policy, types and place in the source.
#[derive(Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct NodeInfo {
    /// Its name in the flow.
    pub name: &'static str,
    /// How it is visited.
    pub policy: Policy,
    /// The payload that it takes.
    pub input: TypeName,
    /// The payload that follows its edges.
    pub output: TypeName,
    /// The type of its `Break`, if it has one.
    pub exit: Option<TypeName>,
    /// Whether it can end a path: it returns `ControlFlow` or `Option`.
    pub can_end: bool,
    /// The source file that it is defined in.
    pub file: &'static str,
    /// The line that it is defined on, counted from 1.
    pub line: u32,
    /// The graph of the flow that it is, if it is a playbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub playbook: Option<&'static Graph>,
    /// Whether its name was chosen by `#[node(name = "…")]`.
    #[serde(skip)]
    pub(crate) is_named: bool,
    /// The names by which its steps may be stored, too: those of `#[node(alias = "…")]`.
    #[serde(skip)]
    pub(crate) aliases: &'static [&'static str],
    #[serde(rename = "kind")]
    pub(crate) role: Role,
    /// Which node it is, whatever the flow calls it.
    #[serde(skip)]
    pub(crate) node: TypeName,
    /// Whether an attempt can be followed by another one: its input is still there.
    #[serde(skip)]
    pub(crate) can_be_retried: bool,
    /// Whether its attempts can be timed by their silence.
    #[serde(skip)]
    pub(crate) can_be_idle: bool,
}

impl NodeInfo {
    /// What it is in its flow. A playbook is a [`NodeKind::Visit`] that has a graph of its own.
    ///
    /// ```
    /// use penguiflow::NodeKind;
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn lower(text: String) -> String {
    ///     text.to_lowercase()
    /// }
    ///
    /// #[node]
    /// async fn count(text: String) -> usize {
    ///     text.len()
    /// }
    ///
    /// #[node]
    /// async fn show(pair: (String, usize)) -> String {
    ///     format!("{pair:?}")
    /// }
    ///
    /// let flow = flow! { [lower, count] -> join -> show };
    /// let kinds: Vec<_> = flow.graph().nodes.iter().map(|node| node.kind()).collect();
    /// assert_eq!(kinds, [NodeKind::Visit, NodeKind::Visit, NodeKind::Join, NodeKind::Visit]);
    /// ```
    pub const fn kind(&self) -> NodeKind {
        self.role.kind()
    }

    /// Whether both are the same node, whatever flows call it.
    pub(crate) fn is_same_node(&self, other: &Self) -> bool {
        (self.node.full(), self.file, self.line) == (other.node.full(), other.file, other.line)
    }
}

/// What a node of a graph is in its flow.
// No variant is called as a type is that the compiler's messages name: rustc would write the whole path
// of that type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NodeKind {
    /// A function or a playbook, which a trace visits.
    Visit,
    /// A join of branches or items.
    Join,
    /// The start of a map, where a list becomes items.
    #[serde(rename = "map")]
    MapStart,
    /// An `await`, where a trace parks.
    #[serde(rename = "await")]
    Parking,
}

/// The role of a node in the cost of a message. It is serialised as the node's kind.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    /// It runs.
    Visit,
    /// It only passes on what is given to it.
    Pass,
    /// It is where a map begins.
    Map(Mapping),
    /// It waits for a value from outside, at most for this long.
    Await(Option<Duration>),
}

impl Role {
    const fn kind(&self) -> NodeKind {
        match self {
            Self::Visit => NodeKind::Visit,
            Self::Pass => NodeKind::Join,
            Self::Map(_) => NodeKind::MapStart,
            Self::Await(_) => NodeKind::Parking,
        }
    }
}

impl Serialize for Role {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.kind().serialize(serializer)
    }
}

/// A map, as the graph knows it.
#[derive(Clone, Copy)]
pub(crate) struct Mapping {
    /// The node that gathers its items, by its place among the nodes.
    pub(crate) end: usize,
    /// How many of them run at once.
    pub(crate) at_once: usize,
    /// The most that there are.
    pub(crate) max: Option<usize>,
    /// Whether all of them result in one message.
    pub(crate) gathers: bool,
}
