//! A started flow: many messages at once, in at OpenSea, out at Rookery. Here is the handle that
//! emits, fetches, cancels and stops.
//!
//! A message is in the table of those in flight from its emit to its answer (`accounts`,
//! `in_flight`); until a worker takes it, its payload is in the inbox (`inbox`, `workers`), and
//! once its trace is over, its answer is among the results (`results`).

mod accounts;
mod afterwards;
mod any_flow;
mod in_flight;
mod inbox;
mod ledger;
mod open_sea;
mod places;
mod results;
mod rookery;
mod run;
mod started;
mod workers;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::edge::IntoMessage;
use crate::error::FlowError;
use crate::flow::Flow;
use crate::graph::Topology;
use crate::message::{Message, TraceId};
use crate::trace::Line;

pub use any_flow::AnyFlow;
pub use ledger::Ledger;
pub use open_sea::{Emit, OpenSea, TryEmitError};
pub use rookery::Rookery;
use started::{Started, until_idle};

impl<F: Topology, S> Flow<F, S> {
    /// Starts the flow for many messages: OpenSea takes them, Rookery returns results.
    ///
    /// # Panics
    ///
    /// If it is called outside a tokio runtime.
    pub fn start(&self) -> Running<F, S>
    where
        F: Line<S>,
        S: Send + Sync + 'static,
    {
        let started = Arc::new(Started::new(self.clone()));
        Running {
            rookery: Rookery::new(Arc::clone(&started) as _),
            sea: OpenSea::new(started),
        }
    }
}

/// A started flow. Dropped together with its [`OpenSea`]s and [`Rookery`]s, it cancels
/// what is in flight.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let running = flow! { double }.ordered().start();
/// for n in 1..=3 {
///     running.emit(n).await?;
/// }
/// let ledger = running.stop().await;
/// assert_eq!((ledger.emitted, ledger.completed), (3, 3));
///
/// let mut doubled = Vec::new();
/// while let Some(output) = running.fetch().await {
///     doubled.push(output?.payload);
/// }
/// assert_eq!(doubled, [2, 4, 6]);
/// # Ok(())
/// # }
/// ```
pub struct Running<F: Topology, S = ()> {
    sea: OpenSea<F, S>,
    rookery: Rookery<F::Out>,
}

impl<F, S> Running<F, S>
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
    pub fn emit(&self, input: impl IntoMessage<F::In> + 'static) -> Emit<'_, F, S> {
        self.sea.emit(input)
    }

    /// Takes a message in, if there is capacity for it now.
    ///
    /// # Errors
    ///
    /// `Full` or `Closed`, with the message.
    #[expect(clippy::result_large_err, reason = "it returns the message")]
    pub fn try_emit(
        &self,
        input: impl IntoMessage<F::In> + 'static,
    ) -> Result<TraceId, TryEmitError<F::In>> {
        self.sea.try_emit(input)
    }

    /// OpenSea and Rookery by themselves, for different tasks.
    pub fn split(&self) -> (OpenSea<F, S>, Rookery<F::Out>) {
        (self.sea.clone(), self.rookery.clone())
    }
}

impl<F: Topology, S> Running<F, S> {
    /// The next result: the trace's output, or the error that it ended in. Waits for one;
    /// `None` once the flow was stopped and all results are out. Dropped while it waits,
    /// it has taken nothing.
    pub async fn fetch(&self) -> Option<Result<Message<F::Out>, FlowError>> {
        self.rookery.fetch().await
    }

    /// The next result if there is one now.
    pub fn try_fetch(&self) -> Option<Result<Message<F::Out>, FlowError>> {
        self.rookery.try_fetch()
    }

    /// Cancels the traces of this id at once, wherever they are, and returns whether there
    /// was one. Each ends in an error of kind `Cancelled`.
    pub fn cancel(&self, trace_id: TraceId) -> bool {
        self.started().cancel(Some(trace_id))
    }

    /// The counts of all messages so far.
    pub fn ledger(&self) -> Ledger {
        self.started().ledger()
    }

    /// Takes no more messages, and waits until all traces are over and the observers have
    /// seen it. Results can be fetched afterwards, too.
    pub async fn stop(&self) -> Ledger {
        self.started().close();
        until_idle(self.rookery.output()).await;
        self.started().flow.flush().await;
        self.ledger()
    }

    /// Stops, but cancels after this long what is still in flight.
    pub async fn stop_within(&self, limit: Duration) -> Ledger {
        match tokio::time::timeout(limit, self.stop()).await {
            Ok(ledger) => ledger,
            Err(_) => self.abort().await,
        }
    }

    /// Takes no more messages, and cancels all that is in flight, at once. The returned future can
    /// be awaited until no task is left.
    pub fn abort(&self) -> Abort<'_> {
        self.started().close();
        self.started().cancel(None);
        let output = self.rookery.output();
        Abort(Box::pin(async move {
            until_idle(output).await;
            output.ledger()
        }))
    }

    fn started(&self) -> &Started<F, S> {
        self.sea.started()
    }
}

// Declared after the methods above, since rustdoc lists methods in this order.
mod json;

impl<F: Topology, S> fmt::Debug for Running<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("ledger", &self.ledger())
            .finish_non_exhaustive()
    }
}

/// The future that [`Running::abort`] returns. Everything is cancelled already; awaiting it waits
/// until no task is left, and returns the ledger.
pub struct Abort<'a>(Pin<Box<dyn Future<Output = Ledger> + Send + 'a>>);

impl<'a> IntoFuture for Abort<'a> {
    type Output = Ledger;
    type IntoFuture = Pin<Box<dyn Future<Output = Ledger> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        self.0
    }
}

impl fmt::Debug for Abort<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Abort")
    }
}
