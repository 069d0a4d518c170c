//! An edge of a graph.

use serde::Serialize;

/// An edge between two nodes, by their place in [`Graph::nodes`](crate::Graph::nodes).
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
    pub(super) arms: &'static [(usize, usize)],
    /// Whether it leads to a join that goes on once for what comes by it and by another edge.
    #[serde(skip)]
    pub(super) is_beside: bool,
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
