//! The error that a trace ends in.

mod json;
mod text;

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[cfg(feature = "durable")]
use tokio::time::Instant;

use super::causes::BoxError;
use super::kind::ErrorKind;
use crate::message::{Envelope, Headers, Spent, TraceId};
use crate::policy::{Retry, Retryable};

/// The error that a trace ended in. A message without an output has exactly one.
///
/// Its text reports what happened in one sentence, with the node's own error in it, which
/// [`source`](Error::source) gives as a value to downcast. The alternate form, `{:#}`, goes on
/// with all that caused that error, each cause once.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node(retries = 1, backoff = "1ms")]
/// async fn parse(text: String) -> Result<i32, std::num::ParseIntError> {
///     text.parse()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let error = flow! { parse }.run("penguin".to_owned()).await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Failed);
/// assert_eq!((error.node(), error.attempts()), (Some("parse"), 2));
/// assert!(error.to_string().starts_with(
///     "node `parse` failed after 2 attempts: invalid digit found in string"
/// ));
/// # }
/// ```
pub struct FlowError(Arc<Report>);

/// The parts of a `FlowError`, in one box so that results stay small. A trace keeps another
/// one while the error is on its way out, in case that something panics meanwhile.
pub(super) struct Report {
    kind: ErrorKind,
    reason: String,
    pub(super) node: Option<Cow<'static, str>>,
    /// Its path, of an error that was read back, whose causes are texts.
    pub(super) path: Option<String>,
    pub(super) attempts: u32,
    elapsed: Duration,
    /// The tokens that the trace has spent. Known at its end, when the error may be shared.
    spent: AtomicU64,
    /// The envelope of the message that failed, and how often it has gone round a loop: a join
    /// that tolerates the failure goes on with them.
    envelope: Envelope,
    hops: u32,
    pub(super) source: Option<BoxError>,
    /// The text between the sentence and the source.
    joint: &'static str,
    /// Whether the reason is the whole sentence.
    pub(super) is_sentence: bool,
    /// Whether trying again can help a node that called the flow.
    retry: Retry,
    /// Whether `fallback_if` of the node that failed allows a fallback.
    may_fall_back: bool,
}

impl FlowError {
    pub(crate) fn new(kind: ErrorKind, envelope: &Envelope, reason: impl Into<String>) -> Self {
        Self(Arc::new(Report {
            kind,
            reason: reason.into(),
            node: None,
            path: None,
            attempts: 0,
            elapsed: envelope.made().elapsed(),
            spent: AtomicU64::new(0),
            envelope: envelope.clone(),
            hops: 0,
            source: None,
            joint: ": ",
            is_sentence: false,
            retry: kind.retry(),
            may_fall_back: true,
        }))
    }

    /// Names the node that the trace ended at, and its attempts.
    pub(crate) fn at(mut self, node: &'static str, attempts: u32) -> Self {
        let report = self.report();
        report.node = Some(Cow::Borrowed(node));
        report.attempts = attempts;
        self
    }

    /// Says how often the message had gone round a loop.
    pub(crate) fn after_hops(mut self, hops: u32) -> Self {
        self.report().hops = hops;
        self
    }

    /// Sets what the trace that ends in it has spent.
    pub(crate) fn set_spent(&self, tokens: u64) {
        self.0.spent.store(tokens, Ordering::Relaxed);
    }

    /// Sets the time of the whole trace.
    #[cfg(feature = "durable")]
    fn elapsed_in(mut self, elapsed: Duration) -> Self {
        self.report().elapsed = elapsed;
        self
    }

    /// The same, of a trace that had come to its end at this time, if that is known.
    #[cfg(feature = "durable")]
    pub(crate) fn ended_at(self, end: Option<Instant>) -> Self {
        if let Some(end) = end {
            let elapsed = end.saturating_duration_since(self.envelope().made());
            return self.elapsed_in(elapsed);
        }
        self
    }

    pub(super) fn report(&mut self) -> &mut Report {
        Arc::get_mut(&mut self.0).expect("an error is shared once it is complete")
    }

    /// The same error, for a caller that must not lose it.
    #[inline]
    pub(crate) fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    pub(crate) fn hops(&self) -> u32 {
        self.0.hops
    }

    pub(crate) fn envelope(&self) -> &Envelope {
        &self.0.envelope
    }

    pub(crate) fn caused_by(mut self, source: BoxError) -> Self {
        self.report().source = Some(source);
        self
    }

    /// The same, of a trace that was cut: what had failed before is not why.
    pub(crate) fn after_failure(mut self, before: Option<BoxError>) -> Self {
        let report = self.report();
        report.source = before;
        report.joint = "; the failure before it: ";
        self
    }

    /// Sets what a node that called the flow does after the error.
    pub(crate) fn judged(mut self, retry: Retry) -> Self {
        self.report().retry = retry;
        self
    }

    /// The same, for which the node allows no fallback.
    pub(crate) fn without_fallback(mut self) -> Self {
        self.report().may_fall_back = false;
        self
    }

    /// Whether a fallback of the node that failed may take over.
    pub(crate) fn may_fall_back(&self) -> bool {
        self.0.may_fall_back && self.kind().can_be_tolerated()
    }

    /// Which kind of failure it was.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The node that the trace ended at; `None` where it ended between nodes.
    pub fn node(&self) -> Option<&str> {
        self.0.node.as_deref()
    }

    /// The node that the trace ended at, after the playbooks that it ran in:
    /// `Support/retrieve`.
    pub fn path(&self) -> Option<String> {
        if let Some(path) = &self.0.path {
            return Some(path.clone());
        }
        let node = self.node()?;
        let inner = self.0.source.as_ref();
        let inner = inner.and_then(|source| source.downcast_ref::<Self>()?.path());
        Some(match inner {
            Some(inner) => format!("{node}/{inner}"),
            None => node.to_owned(),
        })
    }

    /// The trace that failed.
    pub fn trace_id(&self) -> TraceId {
        self.0.envelope.trace_id
    }

    /// How many attempts the node was given; 0 if it was not started.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The time of the whole trace, from the making of the message to the failure.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// What the whole trace has spent, until the failure had ended it.
    ///
    /// Nothing is known where a started flow gives up a message in flight: by
    /// [`cancel`](crate::Running::cancel), `abort` or a runtime that shuts down. There the trace's
    /// event `trace_end` has its tokens.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node(retries = 1, backoff = "1ms")]
    /// async fn ask(_question: String, ctx: Ctx) -> Result<String, &'static str> {
    ///     ctx.spend_tokens(120);
    ///     Err("the connection was lost")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let error = flow! { ask }.run("Why?").await.unwrap_err();
    /// assert_eq!((error.attempts(), error.spent().tokens), (2, 240));
    /// # }
    /// ```
    pub fn spent(&self) -> Spent {
        Spent::tokens(self.0.spent.load(Ordering::Relaxed))
    }

    /// The message's headers.
    pub fn headers(&self) -> &Headers {
        self.0.envelope.headers()
    }

    /// What the trace began with, if its flow [keeps inputs](crate::Flow::keep_inputs) and takes a `T`:
    /// for a queue of dead letters. The trace's id and headers are the error's own.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn parse(text: String) -> Result<i32, std::num::ParseIntError> {
    ///     text.parse()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let running = flow! { parse }.keep_inputs().start();
    /// for text in ["7", "seven"] {
    ///     running.emit(text).await?;
    /// }
    /// running.stop().await;
    /// let mut dead_letters = Vec::new();
    /// while let Some(result) = running.fetch().await {
    ///     if let Err(error) = result {
    ///         dead_letters.extend(error.into_input::<String>());
    ///     }
    /// }
    /// assert_eq!(dead_letters, ["seven"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_input<T: 'static>(self) -> Option<T> {
        self.0.envelope.kept_input()?.take()
    }

    /// The node's own error, by value.
    pub fn into_source(self) -> Option<BoxError> {
        Arc::into_inner(self.0)?.source
    }
}

/// For nodes that call flows: what the error of the node that failed in the flow reports, and what
/// another attempt cannot mend is not retried.
impl Retryable for FlowError {
    fn retry(&self) -> Retry {
        self.0.retry
    }
}

impl Error for FlowError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
