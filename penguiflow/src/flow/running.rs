//! A started flow: the handle that emits, fetches, cancels and stops.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::books::Ledger;
use super::open_sea::{OpenSea, TryEmitError};
use super::rookery::Rookery;
use super::shared::Shared;
use super::{FLUSH, Flow};
use crate::error::FlowError;
use crate::line::{Line, Topology};
use crate::message::Message;
use crate::trace_id::TraceId;

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
    pub(super) fn start(flow: Flow<F, S>) -> Self {
        let shared = Arc::new(Shared::new(flow.settings));
        let rookery = Rookery::new(Arc::clone(&shared));
        let sea = OpenSea::new(flow, shared);
        Self { sea, rookery }
    }

    /// Takes a message in, and returns its trace's id. Waits while as many traces are in
    /// flight as the flow has capacity for. Dropped while it waits, it has taken nothing.
    ///
    /// # Errors
    ///
    /// Of kind `Closed` after `stop` or `abort`.
    pub async fn emit(&self, input: impl Into<Message<F::In>>) -> Result<TraceId, FlowError> {
        self.sea.emit(input).await
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

    /// Cancels the traces of this id at once, wherever they are, and says whether there
    /// was one. Each gives an error of kind `Cancelled`.
    pub fn cancel(&self, trace_id: TraceId) -> bool {
        self.shared().cancel(Some(trace_id))
    }

    /// What became of all messages so far.
    pub fn ledger(&self) -> Ledger {
        self.shared().books().ledger()
    }

    /// Takes no more messages, and waits until all traces are over and the observers have
    /// been told. Results can be fetched afterwards, too.
    pub async fn stop(&self) -> Ledger {
        self.shared().close();
        self.shared().until_idle().await;
        self.sea.flow().common.observers.flush(FLUSH).await;
        self.ledger()
    }

    /// Stops, but cancels after this long what is still in flight.
    pub async fn stop_within(&self, limit: Duration) -> Ledger {
        match tokio::time::timeout(limit, self.stop()).await {
            Ok(ledger) => ledger,
            Err(_) => self.abort().await,
        }
    }

    /// Takes no more messages, and cancels all that is in flight, at once. What it returns
    /// can be awaited, until no task is left.
    pub fn abort(&self) -> Abort<'_> {
        self.shared().close();
        self.shared().cancel(None);
        let shared = self.shared();
        Abort(Box::pin(async move {
            shared.until_idle().await;
            shared.books().ledger()
        }))
    }

    fn shared(&self) -> &Shared<F::Out> {
        &self.rookery.shared
    }
}

impl<F: Topology, S> fmt::Debug for Running<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("ledger", &self.ledger())
            .finish_non_exhaustive()
    }
}

/// What [`Running::abort`] returns. The cancelling is done; awaiting it waits until the
/// tasks are gone, and gives the ledger.
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
