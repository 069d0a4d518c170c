//! The kinds of failures.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::policy::Retry;

/// The kinds of [`FlowError`](crate::FlowError).
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
    /// Its name, such as `timed_out`: the `error.type` of spans.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Panicked => "panicked",
            Self::Invalid => "invalid",
            Self::Cancelled => "cancelled",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::BudgetExhausted => "budget_exhausted",
            Self::Unjoined => "unjoined",
            Self::Filtered => "filtered",
            Self::Closed => "closed",
            Self::NoRuntime => "no_runtime",
        }
    }

    /// Whether a join may go on without a branch that failed so, or another node take over: what
    /// ends the whole trace is not a branch's to lose.
    #[inline]
    pub(crate) fn can_be_tolerated(self) -> bool {
        !matches!(
            self,
            Self::Cancelled | Self::DeadlineExceeded | Self::Closed
        )
    }

    /// Whether trying again can help, as far as the kind decides it.
    pub(super) fn retry(self) -> Retry {
        match self {
            Self::Failed | Self::TimedOut | Self::Unjoined => Retry::Backoff,
            _ => Retry::Never,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
