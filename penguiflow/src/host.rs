//! What runs a compiled flow: a host. The one in memory is behind [`Flow::run`]; others
//! keep a trace's [`Frontier`] elsewhere between two steps.
//!
//! [`Flow::run`]: crate::Flow::run

use std::future::Future;

use crate::graph::Graph;
pub use crate::join::Meeting;
pub use crate::node::{Call, FunctionNode, Node};
use crate::trace::{Advanced, Course, Outcome, Walk};
pub use crate::trace::{Emit, Emits, Floe, Frontier, Items, StepId};

/// Decides, at every hop, whether the next step runs in the same call.
pub trait Host: Sync {
    /// Whether the step that follows on a straight line, or round a loop, runs at once.
    /// If not, it is emitted.
    fn goes_on(&self) -> bool;
}

/// The host that never stops between steps.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory;

impl Host for Memory {
    #[inline]
    fn goes_on(&self) -> bool {
        true
    }
}

/// The host that stops after every node run, so that the frontier can be kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct StepByStep;

impl Host for StepByStep {
    #[inline]
    fn goes_on(&self) -> bool {
        false
    }
}

/// A compiled flow: its types and its graph. `flow!` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a flow",
    label = "not a flow",
    note = "flows are made by `flow! {{ … }}`"
)]
pub trait Topology: Sized + Send + Sync + 'static {
    /// What it takes.
    type In: Send + 'static;
    /// What it yields.
    type Out: Send + 'static;
    /// A node to run, with its input: one variant per node. Serialisable exactly when
    /// the inputs are.
    type Step: Meeting + Send + 'static;

    /// Its nodes and edges.
    const GRAPH: &'static Graph;
    /// The names of the variants of `Step`.
    #[doc(hidden)]
    const STEPS: &'static [&'static str];

    /// The first steps for an input.
    #[doc(hidden)]
    fn enter(input: Self::In, course: &mut Course) -> Outcome<Self::Step, Self::Out>;
}

/// A step that runs.
#[doc(hidden)]
pub trait Advancing<Step, Out>: Future<Output = Advanced<Step, Out>> + Send {}

impl<Step, Out, T: Future<Output = Advanced<Step, Out>> + Send> Advancing<Step, Out> for T {}

/// A flow that can run where the application's state is an `S`.
#[diagnostic::on_unimplemented(
    message = "this flow cannot run with the state `{S}`",
    label = "the state is `{S}`"
)]
pub trait Advance<S>: Topology {
    /// Runs a step.
    #[doc(hidden)]
    fn advance<'a>(
        &'a self,
        walk: Walk<'a, S>,
        step: Self::Step,
    ) -> impl Advancing<Self::Step, Self::Out>;
}

/// The same for a part of the nodes of a large flow.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this flow cannot run with the state `{S}`",
    label = "the state is `{S}`"
)]
pub trait AdvancePart<S, const PART: usize>: Topology {
    /// A step of one of these nodes.
    type Step;

    /// Runs it.
    fn advance<'a>(
        &'a self,
        walk: Walk<'a, S>,
        step: <Self as AdvancePart<S, PART>>::Step,
    ) -> impl Advancing<<Self as Topology>::Step, Self::Out>;
}
