//! How a trace ends when it does not end well.

mod levels;
mod text;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::causes::texts;
#[cfg(feature = "durable")]
use crate::causes::told;
use crate::cover::Cover;
use crate::message::Headers;
use crate::policy::{Retry, Retryable};
use crate::trace_id::TraceId;
pub(crate) use levels::causes;
pub(crate) use text::listed;

/// Any error: what a node's own error is turned into.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Why a trace failed. Exactly one of these answers a message that gave no output.
///
/// Its text says what happened in one sentence, with the node's own error in it, which
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

/// What a `FlowError` tells, behind one pointer so that results stay small. A trace keeps another
/// one while the error is on its way out, in case that something panics meanwhile.
struct Report {
    kind: ErrorKind,
    reason: String,
    node: Option<Cow<'static, str>>,
    attempts: u32,
    elapsed: Duration,
    /// The envelope of the message that failed, and how often it has gone round a loop: a join
    /// that bears the failure goes on with them.
    envelope: Cover,
    hops: u32,
    source: Option<BoxError>,
    /// What stands between the sentence and the source.
    joint: &'static str,
    /// Whether the reason is the whole sentence.
    is_told: bool,
    /// Whether trying again can help a node that called the flow.
    retry: Retry,
}

/// The kinds of [`FlowError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// A node returned an error, and its retries are used up.
    Failed,
    /// A node's attempts took longer than its timeout, the last one too.
    TimedOut,
    /// A node panicked. Panics are not retried.
    Panicked,
    /// A parameter of a node could not be extracted from the message, what it takes or outputs
    /// did not stand its validation, or a JSON document does not fit the flow's input.
    Invalid,
    /// The trace was cancelled.
    Cancelled,
    /// The message's deadline passed.
    DeadlineExceeded,
    /// A loop went round as often as the trace may, or its tokens are spent.
    BudgetExhausted,
    /// A join was left waiting: a branch of it ended in `None`, or all branches of a race did.
    Unjoined,
    /// Every path of the trace ended in `None`, so that there is nothing to return.
    Filtered,
    /// The flow was stopped and takes no more messages.
    Closed,
    /// A task, a thread or a timer was needed, and nothing polls the trace in a tokio runtime that
    /// has them.
    NoRuntime,
}

impl ErrorKind {
    /// Whether a join may go on without a branch that failed so, or another node take over: what
    /// ends the whole trace is not a branch's to lose.
    #[inline]
    pub(crate) fn can_be_borne(self) -> bool {
        !matches!(
            self,
            Self::Cancelled | Self::DeadlineExceeded | Self::Closed
        )
    }

    /// Whether trying again can help, as far as the kind says.
    fn retry(self) -> Retry {
        match self {
            Self::Failed | Self::TimedOut | Self::Unjoined => Retry::Backoff,
            _ => Retry::Never,
        }
    }
}

impl FlowError {
    pub(crate) fn new(kind: ErrorKind, envelope: &Cover, reason: impl Into<String>) -> Self {
        Self(Arc::new(Report {
            kind,
            reason: reason.into(),
            node: None,
            attempts: 0,
            elapsed: envelope.made().elapsed(),
            envelope: envelope.clone(),
            hops: 0,
            source: None,
            joint: ": ",
            is_told: false,
            retry: kind.retry(),
        }))
    }

    /// The failure of a branch, as the failure of its trace.
    #[cfg(feature = "durable")]
    pub(crate) fn of(lost: NodeError, envelope: &Cover) -> Self {
        let mut error = Self::new(lost.kind, envelope, lost.message);
        let report = error.report();
        report.node = lost.node.map(Cow::Owned);
        report.attempts = lost.attempts;
        report.is_told = true;
        report.source = told(lost.causes);
        error.judged(lost.retry)
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

    fn report(&mut self) -> &mut Report {
        Arc::get_mut(&mut self.0).expect("an error is shared once it is complete")
    }

    /// The same error, for whoever must not lose it.
    pub(crate) fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    pub(crate) fn hops(&self) -> u32 {
        self.0.hops
    }

    pub(crate) fn envelope(&self) -> &Cover {
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

    /// Which kind of failure it was.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The node that the trace ended at; `None` where it ended between nodes.
    pub fn node(&self) -> Option<&str> {
        self.0.node.as_deref()
    }

    /// The node that the trace ended at, behind the playbooks that it ran in:
    /// `Support/retrieve`.
    pub fn path(&self) -> Option<String> {
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

    /// The time from the making of the message to the failure.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// The message's headers.
    pub fn headers(&self) -> &Headers {
        self.0.envelope.headers()
    }

    /// The node's own error, by value.
    pub fn into_source(self) -> Option<BoxError> {
        Arc::into_inner(self.0)?.source
    }
}

/// For nodes that call flows: what the error of the node that failed in the flow says, and what
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

/// How a branch failed: what `settle` hands on in its place. Serialisable, so it tells of the
/// error and does not hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NodeError {
    /// Which kind of failure it was.
    pub kind: ErrorKind,
    /// The node that failed.
    pub node: Option<String>,
    /// How many attempts it was given.
    pub attempts: u32,
    /// The failure in one sentence, with all that caused it.
    pub message: String,
    /// What caused it, each cause once: the node's own error, what caused that, and so on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// What a node does after it that called the flow, if it ends its trace.
    #[serde(default, skip_serializing_if = "Retry::is_backoff")]
    retry: Retry,
}

#[cfg(feature = "durable")]
impl NodeError {
    /// A failure at a node that was not visited: what a flow comes to by itself.
    pub(crate) fn at(node: &str, kind: ErrorKind, reason: &str) -> Self {
        Self {
            kind,
            node: Some(node.to_owned()),
            attempts: 0,
            message: format!("node `{node}` {reason}"),
            causes: Vec::new(),
            retry: kind.retry(),
        }
    }
}

impl From<&FlowError> for NodeError {
    fn from(error: &FlowError) -> Self {
        Self {
            kind: error.kind(),
            node: error.node().map(str::to_owned),
            attempts: error.attempts(),
            message: format!("{error:#}"),
            causes: texts(causes(Some(error)).skip(1)),
            retry: error.retry(),
        }
    }
}

impl fmt::Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for NodeError {}

/// The input of a node that failed for good, with the failure: what a fallback may take in place
/// of the input alone.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node(timeout = "2s")]
/// async fn gpt(prompt: &String) -> Result<String, std::io::Error> {
///     Err(std::io::Error::other(format!("no model for {prompt:?}")))
/// }
///
/// #[node]
/// async fn apologize(failed: Failed<String>) -> String {
///     format!("no answer to {:?}: {}", failed.input, failed.error)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let answer = flow! { gpt else apologize }.run("why?".to_owned()).await?;
/// assert_eq!(answer, r#"no answer to "why?": node `gpt` failed: no model for "why?""#);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed<T> {
    /// What the node was given; for a loop whose budget is used up, the state reached so far.
    pub input: T,
    /// How it failed.
    pub error: NodeError,
}
