//! The errors of flows that called each other. Where these are many, as in a recursion, a text
//! names the first nodes and the number of levels, and continues with the innermost error.

use std::error::Error;
use std::fmt;
use std::iter::successors;

use super::flow_error::FlowError;

/// How many levels a text names one by one.
const NAMED: usize = 4;
/// How many nodes it names if there are more.
const FIRST: usize = 3;

/// The errors of many flows in flows.
pub(super) struct Levels<'e> {
    outermost: &'e FlowError,
    /// How many of the errors name a node.
    nodes: usize,
    innermost: &'e FlowError,
}

impl<'e> Levels<'e> {
    /// The levels of an error, if there are too many to name each.
    pub(super) fn of(error: &'e FlowError) -> Option<Self> {
        let nodes = levels(error).filter(|error| error.node().is_some()).count();
        let innermost = levels(error).last().filter(|_| nodes > NAMED)?;
        Some(Self {
            outermost: error,
            nodes,
            innermost,
        })
    }
}

impl fmt::Display for Levels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = levels(self.outermost).filter_map(FlowError::node);
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

/// An error and those of the flows that were called, each by the node of the error before it.
fn levels(error: &FlowError) -> impl Iterator<Item = &FlowError> {
    successors(Some(error), |&error| error.source()?.downcast_ref())
}

/// An error and all that caused it, the outermost first. Of many flows in flows, the errors between
/// the outermost and the innermost are left out.
pub(super) fn chain<'e>(
    error: Option<&'e (dyn Error + 'static)>,
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(error, |&error| {
        let levels = error.downcast_ref().and_then(Levels::of);
        levels.map_or(error, |levels| levels.innermost).source()
    })
}
