//! The trace of one call, wherever it runs: what it gives, where it waits for a person, and how it is put
//! away until that person has answered.

mod frontier;
mod held;
mod hosted;

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use penguiflow::host::{FlowSignature, HostError, HostFuture, ParkedStep, StepId};
use penguiflow::{Chunk, Message};
use serde_json::Value;

pub(crate) use frontier::FrontierTrips;
pub(crate) use hosted::HostedTrips;

/// What runs the calls of a tool.
pub(crate) trait Trips: Send + Sync {
    /// The flow.
    fn signature(&self) -> &FlowSignature;

    /// Begins a trace.
    fn begin(&self, message: Message<Vec<u8>>) -> HostFuture<Box<dyn Trip>>;

    /// Takes up a trace by what [`Trip::put_away`] returned.
    fn take_up(&self, put_away: Vec<u8>) -> HostFuture<Box<dyn Trip>>;

    /// Whether nothing but the server would notice that a trace is taken up twice.
    fn can_be_replayed(&self) -> bool;
}

/// A trace. Dropped, it is cancelled.
pub(crate) trait Trip: Send {
    /// Runs it until there is something to report. Not to be called after its end.
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Event>;

    /// The steps that wait for values now.
    fn waits(&self) -> Vec<ParkedStep>;

    /// Gives a step the value that it waits for.
    fn resume(&mut self, step: StepId, json: Vec<u8>) -> Resuming<'_>;

    /// Puts it away, for so long at most, and returns by what it is found again.
    fn put_away(self: Box<Self>, time: Duration) -> Result<Vec<u8>, HostError>;
}

/// A value on its way to a step.
pub(crate) type Resuming<'a> = Pin<Box<dyn Future<Output = Result<(), HostError>> + Send + 'a>>;

/// What a trace reports.
pub(crate) enum Event {
    Chunk(Chunk),
    /// All its steps that wait for values, of which one at least was not reported before.
    Waits(Vec<ParkedStep>),
    /// Its output, or why it has none.
    Ended(Result<Value, HostError>),
}

/// The error of a trace whose path ended without an output.
fn no_output() -> HostError {
    HostError::Refused("the flow ended without an output".into())
}
