//! A trace that runs on a host, for who began it or watches it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;

use super::{HostError, ParkedStep};
use crate::message::TraceId;
use crate::trace::TraceItem;

/// What a trace gives: chunks and outputs as they come, then the error if there is one. Dropping it
/// cancels the trace.
#[must_use = "dropping it cancels the trace"]
pub struct HostTrace {
    trace_id: TraceId,
    source: Box<dyn TraceSource>,
}

/// What a host gives of a trace that somebody watches. Dropping it cancels the trace.
pub trait TraceSource:
    Stream<Item = Result<TraceItem<String>, HostError>> + Send + Unpin + 'static
{
    /// The steps of the trace that wait for a value now. Whoever polls the stream is woken when a step
    /// begins to wait.
    fn waits(&self) -> Vec<ParkedStep>;

    /// Ends the watching, and lets the trace go on. Called once, before it is dropped.
    ///
    /// # Errors
    ///
    /// [`HostError::Unsupported`], if the trace lives in this alone. It is cancelled.
    fn leave(&mut self) -> Result<(), HostError>;
}

impl HostTrace {
    /// A trace that is watched by this.
    pub fn new(trace_id: TraceId, source: impl TraceSource) -> Self {
        let source = Box::new(source);
        Self { trace_id, source }
    }

    /// The trace.
    pub fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// The steps of the trace that wait for a value now, each with its payload where that is shown.
    /// Whoever polls the stream is woken when a step begins to wait.
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// use penguiflow::prelude::*;
    /// use std::pin::Pin;
    /// use std::future::poll_fn;
    /// use std::task::Poll;
    ///
    /// #[node]
    /// async fn draft(topic: String) -> String {
    ///     format!("On {topic}")
    /// }
    ///
    /// #[node]
    /// async fn publish((draft, approved): (String, bool)) -> Option<String> {
    ///     approved.then_some(draft)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let running = flow! { draft -> await bool -> publish }.start().erase();
    /// let mut trace = running.trace(Message::new(br#""penguins""#.to_vec())).await?;
    ///
    /// // Polled until it gives something or waits.
    /// let waits = poll_fn(|cx| match trace.poll_next_unpin(cx) {
    ///     Poll::Ready(_) => Poll::Ready(Vec::new()),
    ///     Poll::Pending => match trace.waits() {
    ///         waits if waits.is_empty() => Poll::Pending,
    ///         waits => Poll::Ready(waits),
    ///     },
    /// })
    /// .await;
    /// assert_eq!(waits[0].node, "await bool");
    /// running.resume(trace.trace_id(), Some(waits[0].step), b"true".to_vec()).await?;
    /// assert!(matches!(trace.next().await, Some(Ok(TraceItem::Output(_)))));
    /// # Ok(())
    /// # }
    /// ```
    pub fn waits(&self) -> Vec<ParkedStep> {
        self.source.waits()
    }

    /// Lets the trace go on without being watched. On a durable host it can be
    /// [watched](crate::ErasedRunning::watch) again; what it puts out meanwhile are results, as of a
    /// message that was emitted.
    ///
    /// # Errors
    ///
    /// [`HostError::Unsupported`] in memory, where the trace lives in its stream. It is cancelled.
    pub fn leave(mut self) -> Result<(), HostError> {
        self.source.leave()
    }
}

impl Stream for HostTrace {
    type Item = Result<TraceItem<String>, HostError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.source).poll_next(cx)
    }
}

impl fmt::Debug for HostTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostTrace")
            .field("trace_id", &self.trace_id)
            .finish_non_exhaustive()
    }
}
