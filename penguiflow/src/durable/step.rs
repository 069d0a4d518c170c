//! A step of a durable trace that runs, and what it emits.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use serde::Serialize;

use super::json::written;
use crate::error::{FlowError, NodeError};
use crate::frontier::{Again, Emits, StepJoins};
use crate::message::{Envelope, Spent, StepId};
use crate::visit::drop_caught;

/// A step of a [`DurableTrace`](super::DurableTrace) that is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueuedStep {
    /// Its identity: the same on every attempt, host and machine.
    pub id: StepId,
    /// The name of its node in the flow; after a join that of the join, whose step goes on to the next
    /// node.
    pub node: &'static str,
    /// How many attempts of it have failed.
    pub attempts: u32,
}

/// One attempt of a step, which owns all that it needs: a future that a host polls itself or spawns.
/// Dropping it stops the node.
#[must_use = "a step does nothing unless it is polled"]
pub struct RunStep(Option<Pin<Box<dyn Future<Output = StepEmits> + Send>>>);

impl RunStep {
    pub(super) fn new(run: impl Future<Output = StepEmits> + Send + 'static) -> Self {
        Self(Some(Box::pin(run)))
    }
}

impl Future for RunStep {
    type Output = StepEmits;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<StepEmits> {
        match &mut self.0 {
            Some(run) => run.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

/// What is dropped with a step may panic: nobody waits for it any more.
impl Drop for RunStep {
    fn drop(&mut self) {
        drop_caught(|| self.0 = None);
    }
}

impl fmt::Debug for RunStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunStep")
    }
}

/// What one attempt of a step came to: what the step emits, the next attempt, or the failure that ends
/// the trace. Its trace [absorbs](super::DurableTrace::absorb) it.
pub struct StepEmits(Box<dyn AnyEmits>);

impl StepEmits {
    pub(super) fn new<Step, Out>(emits: Emits<Step, Out>, envelope: Envelope) -> Self
    where
        Step: StepJoins + Serialize + Send + 'static,
        Out: Serialize + Send + 'static,
    {
        Self(Box::new(Typed { emits, envelope }))
    }

    /// The step.
    pub fn step(&self) -> StepId {
        self.0.step()
    }

    /// The node that ran: after a full join, or for an item of a map, the node that it led to. `None` where
    /// none ran, and for what was read from a journal.
    pub fn node(&self) -> Option<&'static str> {
        self.0.node()
    }

    /// The attempt that failed, if another one is to follow.
    pub fn again(&self) -> Option<&Again> {
        self.0.again()
    }

    /// The failure, if it ends the trace.
    pub fn failure(&self) -> Option<&NodeError> {
        self.0.failure()
    }

    /// The same as the error of the trace.
    pub fn error(&self) -> Option<FlowError> {
        self.0.error()
    }

    /// The tokens that the attempt spent.
    pub fn spent(&self) -> Spent {
        self.0.spent()
    }

    /// What it came to as JSON, for a journal: [`DurableTrace::read_emits`](super::DurableTrace::read_emits)
    /// reads it back.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid` or `Panicked`, if a payload cannot be written.
    pub fn to_json(&self) -> Result<Vec<u8>, FlowError> {
        self.0.to_json()
    }

    /// What the trace's own flow emits.
    pub(super) fn typed<Step: 'static, Out: 'static>(self) -> Option<Emits<Step, Out>> {
        let typed = self.0.into_any().downcast::<Typed<Step, Out>>();
        typed.ok().map(|typed| typed.emits)
    }
}

impl fmt::Debug for StepEmits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepEmits")
            .field("step", &self.step())
            .field("again", &self.again())
            .field("failure", &self.failure())
            .finish_non_exhaustive()
    }
}

struct Typed<Step, Out> {
    emits: Emits<Step, Out>,
    envelope: Envelope,
}

trait AnyEmits: Send {
    fn step(&self) -> StepId;
    fn node(&self) -> Option<&'static str>;
    fn again(&self) -> Option<&Again>;
    fn failure(&self) -> Option<&NodeError>;
    fn error(&self) -> Option<FlowError>;
    fn spent(&self) -> Spent;
    fn to_json(&self) -> Result<Vec<u8>, FlowError>;
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<Step, Out> AnyEmits for Typed<Step, Out>
where
    Step: StepJoins + Serialize + Send + 'static,
    Out: Serialize + Send + 'static,
{
    fn step(&self) -> StepId {
        self.emits.step()
    }

    fn node(&self) -> Option<&'static str> {
        self.emits.node()
    }

    fn again(&self) -> Option<&Again> {
        self.emits.again()
    }

    fn failure(&self) -> Option<&NodeError> {
        self.emits.failure()
    }

    fn error(&self) -> Option<FlowError> {
        self.emits.error()
    }

    fn spent(&self) -> Spent {
        self.emits.spent()
    }

    fn to_json(&self) -> Result<Vec<u8>, FlowError> {
        written("what a step emitted", &self.emits, &self.envelope)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
