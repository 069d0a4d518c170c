//! Traces that a host keeps between two steps.
//!
//! The steps' type is a parameter of these methods, and not looked up in their signatures: so the
//! compiler finds the methods of a flow that is not durable as well, and reports what it lacks.

use super::{Flow, Run};
use crate::frontier::{self, Advance, Durable, Emits, Frontier, PendingStep};
use crate::graph::Topology;
use crate::message::Message;

impl<F: Topology, S> Flow<F, S> {
    /// Where a trace begins, for hosts that keep its frontier themselves. For flows with
    /// `#[flow(durable)]`.
    pub fn begin<Step>(&self, input: impl Into<Message<F::In>>) -> Frontier<Step, F::Out>
    where
        F: Durable<Step = Step>,
    {
        frontier::begin::<F>(input.into())
    }

    /// Runs a step: one visit of its node, with all of its attempts. For hosts that keep the
    /// frontier themselves.
    ///
    /// # Errors
    ///
    /// The error that ends the trace.
    pub fn advance<Step>(&self, step: PendingStep<Step>) -> Run<'_, Emits<Step, F::Out>>
    where
        F: Advance<S, Step = Step>,
        Step: Send,
        S: Send + Sync,
    {
        Run::new(|| frontier::run(&*self.topology, &*self.state, &self.context, step))
    }
}
