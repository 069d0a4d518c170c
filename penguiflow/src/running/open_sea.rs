//! OpenSea: messages enter here.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::Sink;

use tracing::level_filters::LevelFilter;

use super::places::Place;
use super::started::{Locked, Started, closed, waits_for_itself};
use crate::edge::IntoMessage;
use crate::error::FlowError;
use crate::graph::Topology;
use crate::message::{Envelope, Message, TraceId};
use crate::trace::Line;

/// The end of a started flow that takes messages, also as a `Sink`.
///
/// When the last one is dropped, the flow takes no more messages, and its Rookery ends
/// after the last result.
pub struct OpenSea<F: Topology, S = ()> {
    gate: Arc<Gate<F, S>>,
    /// The place that a `Sink` gets ready with.
    ready: Place,
}

/// Reports to the flow when the last OpenSea is gone.
struct Gate<F: Topology, S>(Arc<Started<F, S>>);

impl<F: Topology, S> Drop for Gate<F, S> {
    fn drop(&mut self) {
        self.0.sea_is_gone();
    }
}

/// The future that [`OpenSea::emit`] and [`Running::emit`](crate::Running::emit) return. Dropped
/// while it waits, it has taken nothing.
///
/// It has a name, so that a message of another type is one compile error: an `async fn` repeats
/// its bounds, and the error, wherever its future is used.
#[must_use = "a message is taken in when this future is awaited"]
pub struct Emit<'a, F: Topology, S = ()> {
    admission: Admission<'a, F, S>,
    message: Option<(F::In, Envelope)>,
}

/// The wait for a place of the capacity. Dropped, it gives back its turn.
pub(super) struct Admission<'a, F: Topology, S> {
    started: &'a Arc<Started<F, S>>,
    place: Place,
}

/// The message is never pinned.
impl<F: Topology, S> Unpin for Emit<'_, F, S> {}

impl<F: Topology, S> Drop for Admission<'_, F, S> {
    fn drop(&mut self) {
        self.started.give_up(&mut self.place);
    }
}

impl<F: Topology, S> Drop for OpenSea<F, S> {
    fn drop(&mut self) {
        self.gate.0.give_up(&mut self.ready);
    }
}

impl<F: Topology, S> OpenSea<F, S> {
    pub(super) fn new(started: Arc<Started<F, S>>) -> Self {
        Self {
            gate: Arc::new(Gate(started)),
            ready: Place::Wanted,
        }
    }

    pub(super) fn started(&self) -> &Arc<Started<F, S>> {
        &self.gate.0
    }
}

impl<'a, F: Topology, S> Admission<'a, F, S> {
    #[inline]
    pub(super) fn new(started: &'a Arc<Started<F, S>>) -> Self {
        Self {
            started,
            place: Place::Wanted,
        }
    }

    /// The accounts, for a message that has a place.
    ///
    /// # Errors
    ///
    /// Why there will be none, as what makes an error of it.
    #[inline]
    pub(super) fn poll(&mut self, cx: &Context<'_>) -> Poll<Admitted<'a, F>> {
        let admitted = ready!(self.started.poll_place(&mut self.place, cx));
        if admitted.is_ok() {
            self.place = Place::Wanted;
        }
        Poll::Ready(admitted)
    }
}

/// The accounts with a place held.
pub(super) type Admitted<'a, F> =
    Result<Locked<'a, <F as Topology>::In, <F as Topology>::Out>, fn(&Envelope) -> FlowError>;

/// The same for who does not wait.
type AdmittedNow<'a, F> = Result<
    Locked<'a, <F as Topology>::In, <F as Topology>::Out>,
    fn(Message<<F as Topology>::In>) -> TryEmitError<<F as Topology>::In>,
>;

impl<F: Topology, S> Started<F, S> {
    /// Waits for a place.
    ///
    /// # Errors
    ///
    /// Why there will be none, as what makes an error of it.
    #[inline]
    fn poll_place(&self, place: &mut Place, cx: &Context<'_>) -> Poll<Admitted<'_, F>> {
        let mut waker = None;
        loop {
            let mut accounts = self.accounts();
            if accounts.is_closed() {
                return Poll::Ready(Err(closed));
            }
            if accounts.places.take(place) {
                return Poll::Ready(Ok(accounts));
            }
            // A trace that parks would free its place.
            if F::AWAITS.is_empty() && accounts.places.are_held_by(tokio::task::try_id()) {
                return Poll::Ready(Err(waits_for_itself));
            }
            let Some(waker) = waker.take() else {
                // Cloned and dropped without the lock: a waker's code is the user's.
                drop(accounts);
                waker = Some(cx.waker().clone());
                continue;
            };
            let old = accounts.places.wait(place, waker);
            drop(accounts);
            drop(old);
            return Poll::Pending;
        }
    }

    /// The accounts, for a message that takes a place now.
    ///
    /// # Errors
    ///
    /// Why there is none, as what makes an error of the message.
    #[inline]
    pub(super) fn place_now(&self) -> AdmittedNow<'_, F> {
        let mut accounts = self.accounts();
        if accounts.is_closed() {
            return Err(TryEmitError::Closed);
        }
        match accounts.places.try_take() {
            true => Ok(accounts),
            false => Err(TryEmitError::Full),
        }
    }

    /// Gives back a place that is not used.
    #[inline]
    fn give_up(&self, place: &mut Place) {
        if matches!(place, Place::Wanted) {
            return;
        }
        let (own, next) = self.accounts().places.give_up(place);
        drop(own);
        if let Some(next) = next {
            next.wake();
        }
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
    /// Of kind `Closed` after `stop` or `abort`. Of kind `Failed` if a visit of this flow would wait
    /// for the only place of the capacity, which its own trace holds.
    pub fn emit(&self, input: impl IntoMessage<F::In>) -> Emit<'_, F, S> {
        Emit {
            admission: Admission::new(self.started()),
            message: Some(self.started().flow.open(input.into_message())),
        }
    }

    /// Takes a message in, if there is capacity for it now.
    ///
    /// # Errors
    ///
    /// `Full` or `Closed`, with the message.
    #[expect(clippy::result_large_err, reason = "it returns the message")]
    pub fn try_emit(&self, input: impl IntoMessage<F::In>) -> Result<TraceId, TryEmitError<F::In>> {
        let started = self.started();
        let (input, envelope) = started.flow.open(input.into_message());
        match started.place_now() {
            Ok(accounts) => Ok(started.launch(accounts, input, envelope)),
            Err(refused) => Err(refused(envelope.with(input))),
        }
    }
}

impl<F, S> Future for Emit<'_, F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
{
    type Output = Result<TraceId, FlowError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { admission, message } = &mut *self;
        // A future that is instrumented was made outside of its span. Asked before the accounts are
        // locked, since the subscriber is the user's.
        if LevelFilter::current() >= LevelFilter::INFO
            && let Some((_, envelope)) = message
        {
            envelope.enter_span();
        }
        let admitted = ready!(admission.poll(cx));
        let (input, envelope) = message.take().expect("it is polled until it is ready");
        let accounts = match admitted {
            Ok(accounts) => accounts,
            Err(refused) => return Poll::Ready(Err(refused(&envelope))),
        };
        Poll::Ready(Ok(admission.started.launch(accounts, input, envelope)))
    }
}

impl<F: Topology, S> fmt::Debug for Emit<'_, F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Emit")
    }
}

/// Ready when there is capacity. Flushing and closing wait for nothing: what was sent is
/// in flight, and other clones may still emit.
impl<F, S, M> Sink<M> for OpenSea<F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
    M: IntoMessage<F::In>,
{
    type Error = FlowError;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), FlowError>> {
        let Self { gate, ready } = &mut *self;
        let admitted = ready!(gate.0.poll_place(ready, cx));
        let refused = admitted.map(drop);
        Poll::Ready(refused.map_err(|refused| refused(&Envelope::of(Message::new(())).1)))
    }

    fn start_send(mut self: Pin<&mut Self>, input: M) -> Result<(), FlowError> {
        let Self { gate, ready } = &mut *self;
        let (input, envelope) = gate.0.flow.open(input.into_message());
        let mut accounts = gate.0.accounts();
        if accounts.is_closed() || !accounts.places.take(ready) {
            drop(accounts);
            return Err(closed(&envelope));
        }
        *ready = Place::Wanted;
        gate.0.launch(accounts, input, envelope);
        Ok(())
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
            gate: Arc::clone(&self.gate),
            ready: Place::Wanted,
        }
    }
}

impl<F: Topology, S> fmt::Debug for OpenSea<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenSea")
            .field("ledger", &self.started().ledger())
            .finish_non_exhaustive()
    }
}

/// The reason why a message was not taken in, with the message.
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
