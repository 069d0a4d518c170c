//! A flow's graph as data: one const table feeds every picture and every check.

mod arrows;
mod dot;
mod edges;
mod loops;
mod mermaid;
mod playbooks;
mod proof;
mod worst_case;

use std::fmt;

use serde::Serialize;

use crate::node::{NodeInfo, Role};
pub use loops::Traps;
pub use playbooks::{NoPlaybooks, Playbooks};
pub(crate) use proof::can_end_in_none;
pub use proof::{NamesDiffer, Proof, fault, names_differ};
pub use worst_case::{WorstAttempts, excess, gap, refuse};

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
    /// How many rounds of its loops a trace may take, unless the flow's value or the message says.
    #[serde(skip)]
    pub(crate) hops: u32,
    /// How many visits a message makes at most that comes to each node once, playbooks' included.
    #[serde(skip)]
    pub(crate) visits: usize,
}

/// Counted where the graph is made, a constant: loops and maps ask for it as they go.
const fn visits(nodes: &[NodeInfo]) -> usize {
    let (mut visits, mut at) = (0, 0);
    while at < nodes.len() {
        visits += match (&nodes[at].role, nodes[at].playbook) {
            (Role::Visit, None) => 1,
            (Role::Visit, Some(playbook)) => playbook.visits,
            _ => 0,
        };
        at += 1;
    }
    if visits == 0 { 1 } else { visits }
}

/// An edge between two nodes, by their place in [`Graph::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Edge {
    /// The node whose output it carries.
    pub from: usize,
    /// The node that takes it.
    pub to: usize,
    /// Whether it goes round a loop, and so counts as a hop.
    pub is_hop: bool,
    /// Whether it carries the input of a node that failed to the one that takes over.
    pub is_fallback: bool,
    /// The pattern of the `match` arm that it belongs to.
    pub pattern: Option<&'static str>,
    /// The number of each `match` that it is in, and of its arm there: the outermost first.
    #[serde(skip)]
    arms: &'static [(usize, usize)],
    /// Whether it leads to a join that goes on once for what comes by it and by another edge.
    #[serde(skip)]
    is_beside: bool,
}

impl Edge {
    /// An edge.
    #[doc(hidden)]
    pub const fn new(from: usize, to: usize, is_hop: bool) -> Self {
        Self {
            from,
            to,
            is_hop,
            is_fallback: false,
            pattern: None,
            arms: &[],
            is_beside: false,
        }
    }

    /// The same edge, taken when its first node fails.
    #[doc(hidden)]
    #[must_use]
    pub const fn fallback(mut self) -> Self {
        self.is_fallback = true;
        self
    }

    /// The same edge, to an input of a join other than the first.
    #[doc(hidden)]
    #[must_use]
    pub const fn beside(mut self) -> Self {
        self.is_beside = true;
        self
    }

    /// The same edge, belonging to an arm of a `match`.
    #[doc(hidden)]
    #[must_use]
    pub const fn routed(mut self, arms: &'static [(usize, usize)], pattern: &'static str) -> Self {
        self.arms = arms;
        self.pattern = Some(pattern);
        self
    }
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
            visits: visits(nodes),
        }
    }

    /// The same graph, round whose loops a trace may go so often.
    #[doc(hidden)]
    #[must_use]
    pub const fn hops(mut self, rounds: u32) -> Self {
        self.hops = rounds;
        self
    }

    /// The graph as a [Mermaid](https://mermaid.js.org/syntax/flowchart.html) flowchart:
    /// edges carry their types, dotted ones go round a loop or leave it.
    pub fn to_mermaid(&self) -> String {
        mermaid::write(self)
    }

    /// The graph in the [DOT](https://graphviz.org/doc/info/lang.html) language.
    pub fn to_dot(&self) -> String {
        dot::write(self)
    }

    /// The graph as JSON: all that is known of it, policies and source lines too.
    ///
    /// # Panics
    ///
    /// Never: every key in it is a string.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a graph has no map and no fallible field")
    }
}

/// Prints the Mermaid text.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_mermaid())
    }
}
