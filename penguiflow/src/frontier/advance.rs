//! The traits of a durable flow's steps. `flow!` implements them for a flow with
//! `#[flow(durable)]`.

use super::cursor::Cursor;
use super::outcome::{Outcome, RunningStep};
use super::step_cx::StepCx;
use super::step_joins::StepJoins;
use crate::graph::Topology;

/// A flow whose traces can be kept between two steps. `flow!` implements it for a flow with
/// `#[flow(durable)]`.
#[diagnostic::on_unimplemented(
    message = "this flow has no steps that a host could keep: write `#[flow(durable)]` on its \
               header, or before the statements of a flow in an expression",
    label = "not `durable`"
)]
pub trait Durable: Topology {
    /// When a host stores its traces.
    const DURABILITY: Durability = Durability::Steps;

    /// A node to run, with its input: one variant per node. Serialisable exactly when the inputs
    /// are.
    type Step: StepJoins + Send + 'static;

    /// The first steps for an input.
    #[doc(hidden)]
    fn enter(input: Self::In, cursor: &mut Cursor) -> Outcome<Self::Step, Self::Out>;
}

/// When a host stores the traces of a durable flow. What was stored last is where a trace goes on after
/// its process died.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Durability {
    /// Each step's outcome, before the steps begin that follow from it: `#[flow(durable)]`.
    Steps,
    /// What was emitted, and then what waits and what has ended: `#[flow(durable = "awaits")]`. The steps
    /// in between may run again.
    // Not `Awaits`: that is a trait, whose whole path rustc would write in messages then.
    AtAwaits,
}

/// A durable flow that can run where the application's state is an `S`.
#[diagnostic::on_unimplemented(
    message = "this flow has no steps that run with the state `{S}`: write `#[flow(durable)]` on \
               its header, or before the statements of a flow in an expression",
    label = "not `durable`, or its state is not `{S}`"
)]
pub trait Advance<S>: Durable {
    /// Runs a step.
    #[doc(hidden)]
    fn advance<'a>(
        &'a self,
        cx: StepCx<'a, S>,
        step: Self::Step,
    ) -> RunningStep<'a, Self::Step, Self::Out>;
}

/// The same for a part of the nodes of a large flow.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this flow cannot run with the state `{S}`",
    label = "the state is `{S}`"
)]
pub trait AdvancePart<S, const PART: usize>: Durable {
    /// A step of one of these nodes.
    type Step;

    /// Runs it.
    fn advance<'a>(
        &'a self,
        cx: StepCx<'a, S>,
        step: <Self as AdvancePart<S, PART>>::Step,
    ) -> RunningStep<'a, <Self as Durable>::Step, Self::Out>;
}
