//! The errors of flows that were called in each other: where these are many, as in a recursion, a
//! text names the first nodes and how many there are, and goes on with the innermost error.

use std::error::Error;
use std::fmt;
use std::iter::successors;

use super::FlowError;

/// How many levels a text names one by one.
const NAMED: usize = 4;
/// How many nodes it names where there are more.
const FIRST: usize = 3;

/// The errors of many flows in flows.
pub(super) struct Levels<'e> {
    outermost: &'e FlowError,
    /// How many of them are of a node.
    nodes: usize,
    innermost: &'e FlowError,
}

impl FlowError {
    /// This error and those of the flows that were called, each by the node of the one before.
    fn levels(&self) -> impl Iterator<Item = &Self> {
        successors(Some(self), |error| error.0.source.as_ref()?.downcast_ref())
    }

    /// The levels, where there are too many to name each.
    pub(super) fn many_levels(&self) -> Option<Levels<'_>> {
        let nodes = self.levels().filter(|error| error.node().is_some()).count();
        let innermost = self.levels().last().filter(|_| nodes > NAMED)?;
        Some(Levels {
            outermost: self,
            nodes,
            innermost,
        })
    }
}

impl fmt::Display for Levels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.outermost.levels().filter_map(FlowError::node);
        let first: Vec<_> = nodes.take(FIRST).collect();
        write!(
            f,
            "node `{} > … ({} levels)` failed: {}",
            first.join(" > "),
            self.nodes,
            self.innermost
        )
    }
}

/// An error and all that caused it, the outermost first; of many flows in flows the outermost and
/// what the innermost was caused by.
pub(crate) fn causes<'e>(
    error: Option<&'e (dyn Error + 'static)>,
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(error, |&error| {
        let levels = error.downcast_ref().and_then(FlowError::many_levels);
        levels.map_or(error, |levels| levels.innermost).source()
    })
}
