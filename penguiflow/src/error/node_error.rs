//! The failure of a branch as a value, for `settle` and fallbacks.

#[cfg(feature = "durable")]
use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::causes;
use super::flow_error::FlowError;
use super::kind::ErrorKind;
use super::levels::chain;
#[cfg(feature = "durable")]
use crate::message::Envelope;
use crate::policy::{Retry, Retryable};

/// The failure of a node, which `settle` passes on in place of an output. Serialisable, so it
/// describes the error and does not hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NodeError {
    /// Which kind of failure it was.
    pub kind: ErrorKind,
    /// The node that failed.
    pub node: Option<String>,
    /// Where that node called a flow which failed: the node after those that it ran in,
    /// `support/retrieve`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How many attempts it was given.
    pub attempts: u32,
    /// The failure in one sentence, with all that caused it.
    pub message: String,
    /// The causes, each once: the node's own error, the cause of that, and so on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// The verdict for a node that called the flow, if this ends its trace.
    #[serde(default, skip_serializing_if = "Retry::is_backoff")]
    retry: Retry,
}

impl NodeError {
    /// A failure of this kind, after one attempt at no node in particular: for a test that calls a
    /// node which takes failures. All fields can be set.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn apologize(failed: Failed<String>) -> String {
    ///     format!("no answer to {:?}: {}", failed.input, failed.error)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let error = NodeError::new(ErrorKind::TimedOut, "it took longer than 2 s");
    /// let failed = Failed::new("why?".to_owned(), error);
    /// assert_eq!(apologize(failed).await, r#"no answer to "why?": it took longer than 2 s"#);
    /// # }
    /// ```
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            node: None,
            path: None,
            attempts: 1,
            message: message.into(),
            causes: Vec::new(),
            retry: kind.retry(),
        }
    }

    /// A failure of a trace at none of its nodes.
    #[cfg(feature = "durable")]
    pub(crate) fn nowhere(kind: ErrorKind, reason: &str) -> Self {
        Self {
            kind,
            node: None,
            path: None,
            attempts: 0,
            message: reason.to_owned(),
            causes: Vec::new(),
            retry: kind.retry(),
        }
    }

    /// A failure at a node that was not visited, such as a join.
    #[cfg(feature = "durable")]
    pub(crate) fn at(node: &str, kind: ErrorKind, reason: &str) -> Self {
        Self {
            kind,
            node: Some(node.to_owned()),
            path: None,
            attempts: 0,
            message: format!("node `{node}` {reason}"),
            causes: Vec::new(),
            retry: kind.retry(),
        }
    }
}

#[cfg(feature = "durable")]
impl FlowError {
    /// The failure of a branch, as the failure of its trace.
    pub(crate) fn of(lost: NodeError, envelope: &Envelope) -> Self {
        let mut error = Self::new(lost.kind, envelope, lost.message);
        let report = error.report();
        report.node = lost.node.map(Cow::Owned);
        report.path = lost.path;
        report.attempts = lost.attempts;
        report.is_sentence = true;
        report.source = causes::from_texts(lost.causes);
        error.judged(lost.retry)
    }
}

/// The texts of all that caused an error, the nearest first.
pub(crate) fn cause_texts(error: &FlowError) -> Vec<String> {
    causes::texts(chain(Some(error)).skip(1))
}

impl From<&FlowError> for NodeError {
    fn from(error: &FlowError) -> Self {
        Self {
            kind: error.kind(),
            node: error.node().map(str::to_owned),
            path: error.path().filter(|path| error.node() != Some(path)),
            attempts: error.attempts(),
            message: format!("{error:#}"),
            causes: cause_texts(error),
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
    /// The input of the node; for a loop whose budget is used up, the state reached so far.
    pub input: T,
    /// The failure.
    pub error: NodeError,
}

impl<T> Failed<T> {
    /// An input and how its node failed: for a test that calls a fallback as a function.
    pub fn new(input: T, error: NodeError) -> Self {
        Self { input, error }
    }
}
