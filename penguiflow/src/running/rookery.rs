//! Rookery: results come out here.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::Stream;

use super::results::Answer;
use super::started::Output;
use crate::error::FlowError;
use crate::message::Message;

/// The end of a started flow that returns results, also as a `Stream`. Each result goes
/// to one clone.
///
/// When the last one is dropped, results are thrown away as they come.
pub struct Rookery<Out> {
    gate: Arc<Gate<Out>>,
}

/// Reports to the flow when the last Rookery is gone.
struct Gate<Out>(Arc<dyn Output<Out>>);

impl<Out> Drop for Gate<Out> {
    fn drop(&mut self) {
        self.0.is_gone();
    }
}

impl<Out> Rookery<Out> {
    pub(super) fn new(started: Arc<dyn Output<Out>>) -> Self {
        Self {
            gate: Arc::new(Gate(started)),
        }
    }

    pub(super) fn output(&self) -> &dyn Output<Out> {
        &*self.gate.0
    }

    /// The next result: the trace's output, or the error that it ended in. Waits for one;
    /// `None` once nothing more can come. Dropped while it waits, it has taken nothing.
    pub async fn fetch(&self) -> Option<Result<Message<Out>, FlowError>> {
        let answer = poll_fn(|cx| self.gate.0.poll_fetch(cx)).await;
        answer.map(message)
    }

    /// The next result if there is one now.
    pub fn try_fetch(&self) -> Option<Result<Message<Out>, FlowError>> {
        self.gate.0.try_fetch().map(message)
    }
}

/// An answer, as `fetch` returns it.
#[inline]
fn message<Out>(answer: Answer<Out>) -> Result<Message<Out>, FlowError> {
    answer.map(|(output, envelope)| envelope.with(output))
}

impl<Out> Stream for Rookery<Out> {
    type Item = Result<Message<Out>, FlowError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.gate.0.poll_fetch(cx).map(|answer| answer.map(message))
    }
}

impl<Out> Clone for Rookery<Out> {
    fn clone(&self) -> Self {
        Self {
            gate: Arc::clone(&self.gate),
        }
    }
}

impl<Out> fmt::Debug for Rookery<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rookery")
            .field("ledger", &self.gate.0.ledger())
            .finish_non_exhaustive()
    }
}
