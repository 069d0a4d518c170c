//! One trace as a stream of what it gives.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_util::Stream;

use crate::error::FlowError;
use crate::message::{Envelope, Message};

/// What a trace gives while it runs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Item<Out> {
    /// An output.
    Output(Message<Out>),
}

/// The stream that [`Flow::trace`](crate::Flow::trace) returns: outputs as they come, then
/// the error if there is one. Dropping it cancels the trace.
#[must_use = "the trace moves only while its stream is polled"]
pub struct Trace<'a, Out> {
    drive: Drive<'a>,
    outputs: Outputs<Out>,
}

enum Drive<'a> {
    Running(Pin<Box<dyn Future<Output = Result<(), FlowError>> + Send + 'a>>),
    Over(Option<FlowError>),
}

type Outputs<Out> = Arc<Mutex<VecDeque<Message<Out>>>>;

impl<'a, Out: Send + 'static> Trace<'a, Out> {
    /// A stream over a trace that is driven by the future that `drive` makes, and whose
    /// outputs go to the closure that `drive` is given.
    pub(crate) fn new<D>(drive: impl FnOnce(Outlet<Out>) -> D) -> Self
    where
        D: Future<Output = Result<(), FlowError>> + Send + 'a,
    {
        let outputs = Outputs::default();
        let outlet = Arc::clone(&outputs);
        let outlet = Box::new(move |out, envelope: &mut Envelope| {
            lock(&outlet).push_back(envelope.take().with(out));
        });
        Self {
            drive: Drive::Running(Box::pin(drive(outlet))),
            outputs,
        }
    }
}

/// Takes the outputs of a driven trace.
pub(crate) type Outlet<Out> = Box<dyn FnMut(Out, &mut Envelope) + Send>;

fn lock<Out>(outputs: &Outputs<Out>) -> MutexGuard<'_, VecDeque<Message<Out>>> {
    outputs.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<Out> Stream for Trace<'_, Out> {
    type Item = Result<Item<Out>, FlowError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            // What is there goes out first: an unread trace does not move.
            if let Some(message) = lock(&self.outputs).pop_front() {
                return Poll::Ready(Some(Ok(Item::Output(message))));
            }
            match &mut self.drive {
                Drive::Running(drive) => match drive.as_mut().poll(cx) {
                    Poll::Ready(end) => self.drive = Drive::Over(end.err()),
                    Poll::Pending if lock(&self.outputs).is_empty() => return Poll::Pending,
                    Poll::Pending => {}
                },
                Drive::Over(error) => return Poll::Ready(error.take().map(Err)),
            }
        }
    }
}

impl<Out> fmt::Debug for Trace<'_, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace")
            .field("over", &matches!(self.drive, Drive::Over(_)))
            .finish_non_exhaustive()
    }
}
