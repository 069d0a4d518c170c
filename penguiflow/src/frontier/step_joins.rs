//! The trait that `flow!` implements for a flow's steps: their joins, and where a trace parks.

use std::any::Any;

use super::step_names::StepNames;
use crate::error::NodeError;
#[cfg(feature = "schema")]
use crate::graph::MakeSchema;
use crate::graph::{AwaitInfo, Given, Graph, JoinInfo};

/// The joins of a flow's steps, and the places where a trace parks. The generated `Step`
/// implements it.
pub trait StepJoins: Sized {
    /// The flow's nodes and edges.
    #[doc(hidden)]
    const GRAPH: &'static Graph;
    /// The flow's joins.
    #[doc(hidden)]
    const JOINS: &'static [JoinInfo];
    /// The places where its traces park.
    #[doc(hidden)]
    const AWAITS: &'static [AwaitInfo];

    /// The nodes that the inputs of each join come from, by their places in the graph.
    #[doc(hidden)]
    const INPUTS: &'static [&'static [&'static [usize]]] = &[];

    /// How to make the schemas of the nodes' inputs, where their types have some.
    #[cfg(feature = "schema")]
    #[doc(hidden)]
    const SCHEMAS: &'static [Option<MakeSchema>] = &[];

    /// The names under which steps are stored.
    #[doc(hidden)]
    fn names() -> &'static StepNames;

    /// The number of its variant: for a step to run, its node's.
    #[doc(hidden)]
    fn number(&self) -> usize;

    /// The join that this step waits at, and at which of its inputs.
    #[doc(hidden)]
    fn input(&self) -> Option<(u32, u32)> {
        None
    }

    /// The step that a full join makes of its inputs.
    #[doc(hidden)]
    fn complete(_: u32, _: Vec<Self>) -> Self {
        unreachable!("a flow without joins completes none")
    }

    /// The step that stands for a failed branch, where a join takes those.
    #[doc(hidden)]
    fn failed_branch(_: u32, _: u32, _: NodeError) -> Option<Self> {
        None
    }

    /// Where this step is parked.
    #[doc(hidden)]
    fn parked(&self) -> Option<u32> {
        None
    }

    /// The payload of a parked step.
    #[doc(hidden)]
    fn payload(&self) -> Option<&dyn Any> {
        None
    }

    /// The step that a parked one becomes with what it is given; both, if it does not wait
    /// for that.
    #[doc(hidden)]
    fn resume(self, given: Given) -> Result<Self, (Self, Given)> {
        Err((self, given))
    }

    /// The step that takes over from a parked one that has waited too long.
    #[doc(hidden)]
    fn expire(self, error: NodeError) -> Result<Self, NodeError> {
        Err(error)
    }
}
