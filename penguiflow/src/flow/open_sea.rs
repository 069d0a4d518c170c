//! OpenSea: where messages go in.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::Sink;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, TryAcquireError};

use super::Flow;
use super::runners::Sea;
use super::shared::{Shared, closed};
use crate::cover::Cover;
use crate::error::FlowError;
use crate::line::{Line, Topology};
use crate::message::Message;
use crate::trace_id::TraceId;

/// The end of a started flow that takes messages, also as a `Sink`.
///
/// When the last one is dropped, the flow takes no more messages, and its Rookery ends
/// after the last result.
pub struct OpenSea<F: Topology, S = ()> {
    sea: Arc<Sea<F, S>>,
    gate: Arc<Gate<F::Out>>,
    /// The permit that a `Sink` gets ready with.
    ready: Ready,
}

type Permit = Result<OwnedSemaphorePermit, AcquireError>;

enum Ready {
    No,
    Waiting(Pin<Box<dyn Future<Output = Permit> + Send + Sync>>),
    Yes(OwnedSemaphorePermit),
}

/// Tells the flow when the last OpenSea is gone.
struct Gate<Out>(Arc<Shared<Out>>);

impl<Out> Drop for Gate<Out> {
    fn drop(&mut self) {
        self.0.sea_is_gone();
    }
}

impl<F: Topology, S> OpenSea<F, S> {
    pub(super) fn new(flow: Flow<F, S>, shared: Arc<Shared<F::Out>>) -> Self {
        let gate = Arc::new(Gate(Arc::clone(&shared)));
        Self {
            sea: Arc::new(Sea::new(flow, shared)),
            gate,
            ready: Ready::No,
        }
    }

    pub(super) fn flow(&self) -> &Flow<F, S> {
        &self.sea.flow
    }

    fn capacity(&self) -> &Arc<Semaphore> {
        &self.sea.shared.capacity
    }
}

impl<F, S> OpenSea<F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
{
    /// Takes a message in, and returns its trace's id. Waits while as many traces are in
    /// flight as the flow has capacity for. Dropped while it waits, it has taken nothing.
    ///
    /// # Errors
    ///
    /// Of kind `Closed` after `stop` or `abort`.
    pub async fn emit(&self, input: impl Into<Message<F::In>>) -> Result<TraceId, FlowError> {
        let message = input.into();
        match self.capacity().acquire().await {
            Ok(permit) => {
                permit.forget();
                self.launch(message)
            }
            Err(_) => Err(closed(&Cover::of(message).1)),
        }
    }

    /// Takes a message in, if there is capacity for it now.
    ///
    /// # Errors
    ///
    /// `Full` or `Closed`, with the message.
    #[expect(clippy::result_large_err, reason = "it gives the message back")]
    pub fn try_emit(
        &self,
        input: impl Into<Message<F::In>>,
    ) -> Result<TraceId, TryEmitError<F::In>> {
        let message = input.into();
        match self.capacity().try_acquire() {
            Ok(permit) => {
                permit.forget();
                self.sea.launch(message).map_err(TryEmitError::Closed)
            }
            Err(TryAcquireError::NoPermits) => Err(TryEmitError::Full(message)),
            Err(TryAcquireError::Closed) => Err(TryEmitError::Closed(message)),
        }
    }

    /// Takes in a message that has a place of the capacity.
    fn launch(&self, message: Message<F::In>) -> Result<TraceId, FlowError> {
        let launched = self.sea.launch(message);
        launched.map_err(|message| closed(&Cover::of(message).1))
    }
}

/// Ready when there is capacity. Flushing and closing wait for nothing: what was sent is
/// in flight, and other clones may still emit.
impl<F, S, M> Sink<M> for OpenSea<F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
    M: Into<Message<F::In>>,
{
    type Error = FlowError;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), FlowError>> {
        loop {
            self.ready = match &mut self.ready {
                Ready::Yes(_) => return Poll::Ready(Ok(())),
                Ready::No => {
                    let capacity = Arc::clone(self.capacity());
                    Ready::Waiting(Box::pin(capacity.acquire_owned()))
                }
                Ready::Waiting(permit) => match ready!(permit.as_mut().poll(cx)) {
                    Ok(permit) => Ready::Yes(permit),
                    Err(_) => {
                        self.ready = Ready::No;
                        return Poll::Ready(Err(closed(&Cover::of(Message::new(())).1)));
                    }
                },
            };
        }
    }

    fn start_send(mut self: Pin<&mut Self>, input: M) -> Result<(), FlowError> {
        let message = input.into();
        match std::mem::replace(&mut self.ready, Ready::No) {
            Ready::Yes(permit) => {
                permit.forget();
                self.launch(message).map(drop)
            }
            Ready::No | Ready::Waiting(_) => match self.try_emit(message) {
                Ok(_) => Ok(()),
                Err(error) => Err(closed(&Cover::of(error.into_message()).1)),
            },
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), FlowError>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), FlowError>> {
        Poll::Ready(Ok(()))
    }
}

impl<F: Topology, S> Clone for OpenSea<F, S> {
    fn clone(&self) -> Self {
        Self {
            sea: Arc::clone(&self.sea),
            gate: Arc::clone(&self.gate),
            ready: Ready::No,
        }
    }
}

impl<F: Topology, S> fmt::Debug for OpenSea<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ledger = self.sea.shared.books().ledger();
        f.debug_struct("OpenSea")
            .field("ledger", &ledger)
            .finish_non_exhaustive()
    }
}

/// Why a message was not taken in, with the message.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn wait(_: &'static str) {
///     std::future::pending().await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let running = flow! { wait }.capacity(1).start();
/// assert!(running.try_emit("first").is_ok());
/// let error = running.try_emit("second").unwrap_err();
/// assert!(matches!(&error, TryEmitError::Full(message) if message.payload == "second"));
/// # }
/// ```
#[non_exhaustive]
pub enum TryEmitError<T> {
    /// As many traces are in flight as the flow has capacity for.
    Full(Message<T>),
    /// The flow was stopped and takes no more messages.
    Closed(Message<T>),
}

impl<T> TryEmitError<T> {
    /// The message that was not taken in.
    pub fn into_message(self) -> Message<T> {
        match self {
            Self::Full(message) | Self::Closed(message) => message,
        }
    }
}

impl<T> fmt::Display for TryEmitError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "the flow has as many traces in flight as it has capacity for",
            Self::Closed(_) => "the flow was stopped and takes no more messages",
        })
    }
}

impl<T> fmt::Debug for TryEmitError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::Closed(_) => "Closed(..)",
        })
    }
}

impl<T> Error for TryEmitError<T> {}
