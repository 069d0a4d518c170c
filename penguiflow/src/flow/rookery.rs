//! Rookery: where results come out.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::Stream;

use super::shared::Shared;
use crate::error::FlowError;
use crate::message::Message;

/// The end of a started flow that gives out results, also as a `Stream`. Each result goes
/// to one clone.
///
/// When the last one is dropped, results are thrown away as they come.
pub struct Rookery<Out> {
    pub(super) shared: Arc<Shared<Out>>,
    gate: Arc<Gate<Out>>,
}

/// Tells the flow when the last Rookery is gone.
struct Gate<Out>(Arc<Shared<Out>>);

impl<Out> Drop for Gate<Out> {
    fn drop(&mut self) {
        self.0.rookery_is_gone();
    }
}

impl<Out> Rookery<Out> {
    pub(super) fn new(shared: Arc<Shared<Out>>) -> Self {
        let gate = Arc::new(Gate(Arc::clone(&shared)));
        Self { shared, gate }
    }

    /// The next result: the trace's output, or the error that it ended in. Waits for one;
    /// `None` once nothing more can come. Dropped while it waits, it has taken nothing.
    pub async fn fetch(&self) -> Option<Result<Message<Out>, FlowError>> {
        poll_fn(|cx| self.shared.poll_fetch(cx)).await
    }

    /// The next result if there is one now.
    pub fn try_fetch(&self) -> Option<Result<Message<Out>, FlowError>> {
        self.shared.try_fetch()
    }
}

impl<Out> Stream for Rookery<Out> {
    type Item = Result<Message<Out>, FlowError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.shared.poll_fetch(cx)
    }
}

impl<Out> Clone for Rookery<Out> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            gate: Arc::clone(&self.gate),
        }
    }
}

impl<Out> fmt::Debug for Rookery<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ledger = self.shared.books().ledger();
        f.debug_struct("Rookery")
            .field("ledger", &ledger)
            .finish_non_exhaustive()
    }
}
