//! A started flow: many messages at once, in at OpenSea, out at Rookery. Here is the handle that
//! emits, fetches, cancels and stops.
//!
//! A message is in the table of those in flight from its emit to its answer (`accounts`,
//! `in_flight`); until a worker takes it, its payload is in the inbox (`inbox`, `workers`), and
//! once its trace is over, its answer is among the results (`results`).

mod accounts;
mod afterwards;
mod any_flow;
mod call;
mod erased;
mod health;
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

use crate::edge::{IntoMessage, SingleOutput};
use crate::error::FlowError;
use crate::flow::{Flow, Run};
use crate::graph::Topology;
use crate::message::{Message, TraceId};
use crate::trace::{Line, Trace};

pub use any_flow::AnyFlow;
pub use erased::{ErasedFlow, ErasedTrace};
pub(crate) use erased::{item_written, written};
pub use health::{Health, OldestTrace, WaitingNode};
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

/// A started flow. Clones are the same. Once the last is dropped, with its [`OpenSea`]s and
/// [`Rookery`]s, what is in flight is cancelled.
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

    /// Runs a message to the end of its trace, in the caller's own task, and returns its output.
    ///
    /// A call waits for a place of the flow's capacity as `emit` does, is counted in the ledger, and is
    /// cancelled by its trace's id; `stop` waits for it. It gives nothing to `fetch`. Dropping the future
    /// cancels the trace.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn answer(question: String) -> Option<String> {
    ///     question.ends_with('?').then(|| format!("{question} Who knows."))
    /// }
    ///
    /// flow! {
    ///     struct Ask(String) -> String;
    ///
    ///     answer;
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let running = Ask::flow().capacity(64).start();
    /// assert_eq!(running.call("Why?").await?, "Why? Who knows.");
    /// let error = running.call("Because.").await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Filtered);
    ///
    /// let ledger = running.stop().await;
    /// assert_eq!((ledger.emitted, ledger.completed, ledger.filtered), (2, 1, 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The error that ended the trace: of kind `Filtered` if its path ended in `None`, of kind
    /// `Cancelled` if it was cancelled, of kind `DeadlineExceeded` also if the deadline passed while it
    /// waited for its place. Of kind `Closed` after `stop` or `abort`. Of kind `Failed` if a
    /// visit of this flow would wait for the only place of the capacity, which its own trace holds.
    pub fn call(&self, input: impl IntoMessage<F::In>) -> Run<'static, F::Out>
    where
        F: SingleOutput,
    {
        self.sea.call(input)
    }

    /// The same as [`call`](Self::call), but returns the output's message, with what its trace has spent
    /// and how long it took: [`Message::spent`], [`Message::elapsed`].
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn answer(question: String, ctx: Ctx) -> String {
    ///     ctx.spend_tokens(120);
    ///     format!("{question} Who knows.")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let running = flow! { answer }.start();
    /// let answer = running.call_message("Why?").await?;
    /// println!("{} tokens, {:?}: {}", answer.spent.tokens, answer.elapsed, answer.payload);
    /// # assert_eq!(answer.spent.tokens, 120);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `call`.
    pub fn call_message(&self, input: impl IntoMessage<F::In>) -> Run<'static, Message<F::Out>>
    where
        F: SingleOutput,
    {
        self.sea.call_message(input)
    }

    /// Runs a message and streams its chunks and outputs as they come: an error, if there is one, is the
    /// last item. The same as [`call`](Self::call) in all else.
    ///
    /// The trace moves while the stream is polled, so a reader that stops holds it up, and its place of
    /// the capacity with it.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn answer(question: String, ctx: Ctx) -> usize {
    ///     ctx.chunk("It depends.").await;
    ///     question.len()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let running = flow! { answer }.start();
    /// let mut items = running.trace("Why?");
    /// while let Some(item) = items.next().await {
    ///     match item? {
    ///         TraceItem::Chunk(chunk) if !chunk.is_last => assert_eq!(chunk.text, "It depends."),
    ///         TraceItem::Output(length) => assert_eq!(length.payload, 4),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn trace(&self, input: impl IntoMessage<F::In>) -> Trace<'static, F::Out> {
        self.sea.trace(input)
    }

    /// The same as [`call`](Self::call), if there is capacity for it now: the call has its place from
    /// here on, and the future has it until it is dropped.
    ///
    /// # Errors
    ///
    /// `Full` or `Closed`, with the message.
    #[expect(clippy::result_large_err, reason = "it gives the message back")]
    pub fn try_call(
        &self,
        input: impl IntoMessage<F::In>,
    ) -> Result<Run<'static, F::Out>, TryEmitError<F::In>>
    where
        F: SingleOutput,
    {
        self.sea.try_call(input)
    }

    /// The same as [`try_call`](Self::try_call), but returns the output's message, which reports what
    /// the trace has spent.
    ///
    /// # Errors
    ///
    /// `Full` if there is no capacity now, or `Closed`, with the message.
    #[expect(clippy::result_large_err, reason = "it gives the message back")]
    pub fn try_call_message(
        &self,
        input: impl IntoMessage<F::In>,
    ) -> Result<Run<'static, Message<F::Out>>, TryEmitError<F::In>>
    where
        F: SingleOutput,
    {
        self.sea.try_call_message(input)
    }

    /// The same as [`trace`](Self::trace), if there is capacity for it now: the trace has its place
    /// from here on, and the stream has it until it is dropped.
    ///
    /// # Errors
    ///
    /// `Full` or `Closed`, with the message.
    #[expect(clippy::result_large_err, reason = "it gives the message back")]
    pub fn try_trace(
        &self,
        input: impl IntoMessage<F::In>,
    ) -> Result<Trace<'static, F::Out>, TryEmitError<F::In>> {
        self.sea.try_trace(input)
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

    /// Takes no more messages, and waits until all traces are over, those of calls too, and the
    /// observers have seen it. Results can be fetched afterwards, too.
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

    /// The flow that was started.
    pub(crate) fn flow(&self) -> &Flow<F, S> {
        &self.started().flow
    }

    fn started(&self) -> &Started<F, S> {
        self.sea.started()
    }
}

// Declared after the methods above, since rustdoc lists methods in this order.
mod json;

impl<F: Topology, S> Clone for Running<F, S> {
    fn clone(&self) -> Self {
        Self {
            sea: self.sea.clone(),
            rookery: self.rookery.clone(),
        }
    }
}

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
