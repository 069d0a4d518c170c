//! A join, as the graph knows it: what it waits for, and what it makes of it.

use serde::Serialize;

/// The kinds of joins: the inputs that each waits for, and its output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JoinKind {
    /// All branches: a tuple.
    Join,
    /// All branches, failed ones too: a tuple of results.
    Settle,
    /// The first branch that succeeds.
    Race,
    /// The first successes, as many as it takes: a `Vec`.
    Quorum(u32),
    /// Nothing: each item of a map goes on by itself.
    Each,
}

/// A join of a flow.
#[derive(Debug, Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct JoinInfo {
    /// Its name in the graph.
    pub name: &'static str,
    /// What it waits for.
    pub kind: JoinKind,
    /// Its inputs: the names of the nodes that they come from.
    pub inputs: &'static [&'static str],
    /// How many items run at once, if it is a map's: then its inputs are the items.
    pub items_at_once: Option<usize>,
    /// The most items that it takes, if its map has a `max`: more are an error.
    pub max_items: Option<usize>,
}

impl JoinInfo {
    /// A join.
    #[doc(hidden)]
    pub const fn new(name: &'static str, kind: JoinKind, inputs: &'static [&'static str]) -> Self {
        Self {
            name,
            kind,
            inputs,
            items_at_once: None,
            max_items: None,
        }
    }

    /// The same, for the items of a map, of which this many run at once.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_items(mut self, at_once: usize) -> Self {
        self.items_at_once = Some(at_once);
        self
    }

    /// The same, for at most this many items.
    #[doc(hidden)]
    #[must_use]
    pub const fn at_most(mut self, items: usize) -> Self {
        self.max_items = Some(items);
        self
    }

    /// How many of this number of inputs have to come.
    pub(crate) fn wanted(&self, inputs: usize) -> usize {
        match self.kind {
            JoinKind::Join | JoinKind::Settle => inputs,
            JoinKind::Race | JoinKind::Each => 1,
            JoinKind::Quorum(wanted) => wanted as usize,
        }
    }

    /// The name of an input in errors: the node that it comes from, or the item.
    pub(crate) fn input_name(&self, slot: usize) -> String {
        match self.items_at_once {
            Some(_) => format!("`{}[{slot}]`", self.inputs[0]),
            None => format!("`{}`", self.inputs[slot]),
        }
    }

    /// Whether it goes on without branches that fail.
    #[cfg(feature = "durable")]
    pub(crate) fn tolerates_failures(&self) -> bool {
        !matches!(self.kind, JoinKind::Join | JoinKind::Each)
    }
}
