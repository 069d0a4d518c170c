//! The reason why an attempt of a node failed, before it becomes a trace's error.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::causes::{BoxError, listed, text_of, write_causes};
use super::flow_error::FlowError;
use super::kind::ErrorKind;
use super::levels::chain;
use crate::policy::{Retry, Retryable};

/// Why an attempt failed.
#[doc(hidden)]
#[derive(Debug)]
pub enum Fault {
    /// The node returned an error.
    Failed {
        /// The error.
        source: BoxError,
        /// Whether trying again can help.
        retry: Retry,
    },
    /// The node panicked, with this message.
    Panicked(String),
    /// The task or thread that the node ran in was cut: its runtime shut down.
    Cancelled,
    /// This needs a tokio runtime, and there is none.
    NoRuntime(String),
    /// The attempt took longer than the timeout. What had failed in it before, if it runs a flow.
    // Boxed once more, so that a fault is no larger than a failure.
    TimedOut(Duration, Option<Box<BoxError>>),
    /// The attempt sent no chunk for that long. What had failed in it before, if it runs a flow.
    Silent(Duration, Option<Box<BoxError>>),
    /// A parameter could not be extracted.
    Invalid(BoxError),
    /// The input of the node is invalid.
    InvalidInput(BoxError),
    /// The output of the node is invalid.
    InvalidOutput(BoxError),
    /// The node is or called a playbook, whose trace ended in an error.
    Played {
        /// The error.
        error: FlowError,
        /// Whether trying again can help.
        retry: Retry,
    },
    /// One of the two above, for which `fallback_if` allows no fallback.
    // Boxed, so that a fault is no larger than a failure.
    Final(Box<Self>),
    /// The tokens spent exceed the budget.
    Spent(u64, u64),
    /// The message's deadline passed.
    Expired,
    /// The visit's attempts are over, and this is its error.
    Ended(FlowError),
}

impl Fault {
    /// A node's own error, or that of a playbook which it called. An error that does not know
    /// whether trying again can help has the verdict of the flow's error that caused it.
    pub fn failed(source: BoxError, retry: Option<Retry>) -> Self {
        let retry = retry.unwrap_or_else(|| inherited(&*source));
        match source.downcast() {
            Ok(error) => Self::played(*error, retry),
            Err(source) => Self::Failed { source, retry },
        }
    }

    /// The same, which a fallback may take over for or not: the verdict of `fallback_if`.
    #[must_use]
    pub fn fallback_if(self, may_fall_back: bool) -> Self {
        match self {
            Self::Failed { .. } | Self::Played { .. } if !may_fall_back => {
                Self::Final(Box::new(self))
            }
            fault => fault,
        }
    }

    /// A playbook's error. Its deadline is the whole trace's; that it was cancelled, or returned
    /// nothing, is the node's own failure.
    pub(crate) fn played(error: FlowError, retry: Retry) -> Self {
        match error.kind() {
            ErrorKind::DeadlineExceeded => Self::Expired,
            ErrorKind::Cancelled | ErrorKind::Closed | ErrorKind::Filtered => Self::Failed {
                source: error.into(),
                retry,
            },
            _ => Self::Played { error, retry },
        }
    }

    /// The kind of the error that it becomes.
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Failed { .. } => ErrorKind::Failed,
            Self::Panicked(_) => ErrorKind::Panicked,
            Self::Cancelled => ErrorKind::Cancelled,
            Self::NoRuntime(_) => ErrorKind::NoRuntime,
            Self::TimedOut(..) | Self::Silent(..) => ErrorKind::TimedOut,
            Self::Invalid(_) | Self::InvalidInput(_) | Self::InvalidOutput(_) => ErrorKind::Invalid,
            Self::Played { error, .. } | Self::Ended(error) => error.kind(),
            Self::Final(fault) => fault.kind(),
            Self::Spent(..) => ErrorKind::BudgetExhausted,
            Self::Expired => ErrorKind::DeadlineExceeded,
        }
    }

    /// The verdict on this fault.
    pub(crate) fn retry(&self) -> Retry {
        match self {
            Self::Failed { retry, .. } | Self::Played { retry, .. } => *retry,
            Self::Final(fault) => fault.retry(),
            Self::TimedOut(..) | Self::Silent(..) | Self::InvalidOutput(_) => Retry::Backoff,
            Self::Panicked(_)
            | Self::Cancelled
            | Self::NoRuntime(_)
            | Self::Invalid(_)
            | Self::InvalidInput(_)
            | Self::Spent(..)
            | Self::Ended(_)
            | Self::Expired => Retry::Never,
        }
    }

    /// The fault as the cause of an error.
    pub(crate) fn into_cause(self) -> BoxError {
        match self {
            Self::Failed { source, .. } => source,
            Self::Played { error, .. } | Self::Ended(error) => error.into(),
            Self::Final(fault) => fault.into_cause(),
            fault => fault.into(),
        }
    }

    /// The causes beyond those in its text.
    fn cause(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed { source, .. }
            | Self::Invalid(source)
            | Self::InvalidInput(source)
            | Self::InvalidOutput(source) => chain(Some(&**source)).nth(1),
            Self::Played { error, .. } | Self::Ended(error) => chain(Some(error)).nth(1),
            Self::Final(fault) => Self::cause(fault),
            Self::TimedOut(_, before) | Self::Silent(_, before) => {
                before.as_deref().map(|before| &**before as _)
            }
            Self::Panicked(_)
            | Self::Cancelled
            | Self::NoRuntime(_)
            | Self::Spent(..)
            | Self::Expired => None,
        }
    }

    fn write_with_causes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_causes(f, self.to_string(), chain(self.cause()))
    }

    fn write_sentence(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { source, .. } | Self::Invalid(source) => f.write_str(&text_of(source)),
            Self::InvalidInput(report) => write!(f, "invalid input: {}", listed(report)),
            Self::InvalidOutput(report) => write!(f, "invalid output: {}", listed(report)),
            Self::Panicked(message) => write!(f, "panicked: {message}"),
            Self::Cancelled => f.write_str("its runtime was shut down"),
            Self::NoRuntime(what) => write!(f, "there is no tokio runtime for {what}"),
            Self::Played { error, .. } | Self::Ended(error) => write!(f, "{error}"),
            Self::Final(fault) => fault.write_sentence(f),
            Self::Spent(spent, budget) => {
                write!(f, "{spent} tokens are spent, of a budget of {budget}")
            }
            Self::TimedOut(limit, _) => write!(f, "took longer than {limit:?}"),
            Self::Silent(longest, _) => write!(f, "was silent for {longest:?}"),
            Self::Expired => f.write_str("the message's deadline passed"),
        }
    }
}

/// The verdict of the flow's error that is the cause of another one.
fn inherited(error: &(dyn Error + 'static)) -> Retry {
    let played = chain(Some(error)).find_map(|cause| cause.downcast_ref::<FlowError>());
    played.map_or(Retry::Backoff, Retryable::retry)
}

/// The alternate form goes on with the causes.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.alternate() {
            true => self.write_with_causes(f),
            false => self.write_sentence(f),
        }
    }
}

impl Error for Fault {}

#[cfg(test)]
mod tests {
    use super::{BoxError, Fault, Retry};

    /// Each visit moves one, or might.
    #[test]
    fn a_fault_is_no_larger_than_a_failure() {
        assert_eq!(size_of::<Fault>(), size_of::<(BoxError, Retry)>());
    }
}
