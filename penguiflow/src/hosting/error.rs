//! Why a host did not do what it was asked for.

use std::error::Error;
use std::fmt;

use crate::error::{BoxError, FlowError};
use crate::message::TraceId;
use crate::parking::ResumeJsonError;

/// Why the host of a flow did not do what it was asked for.
// No variant is named as a type of the crate: rustc would write that type's whole path in messages.
#[derive(Debug)]
#[non_exhaustive]
pub enum HostError {
    /// The trace's own error; of kind `Invalid` also where the document does not fit the flow's input.
    TraceFailed(FlowError),
    /// As many traces are in flight as the flow has capacity for.
    Full,
    /// The flow was stopped and takes no more messages.
    Stopped,
    /// The trace neither runs nor waits: it is over, or there never was one.
    UnknownTrace(TraceId),
    /// The value does not fit what the trace waits for.
    Resume(ResumeJsonError),
    /// The message is larger than the host takes. Both in bytes.
    TooLarge {
        /// The message's length.
        bytes: usize,
        /// The longest that is taken.
        limit: usize,
    },
    /// What the trace is at does not allow it: the text says why.
    Refused(BoxError),
    /// The host cannot do this at all: the text says what.
    Unsupported(&'static str),
    /// A failure of the host's own, such as a full disk.
    Internal(BoxError),
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TraceFailed(error) => fmt::Display::fmt(error, f),
            Self::Full => {
                f.write_str("the flow has as many traces in flight as it has capacity for")
            }
            Self::Stopped => f.write_str("the flow was stopped and takes no more messages"),
            Self::UnknownTrace(id) => write!(
                f,
                "no trace {id} runs or waits: it has ended, or was never emitted to this flow"
            ),
            Self::Resume(error) => fmt::Display::fmt(error, f),
            Self::TooLarge { bytes, limit } => write!(
                f,
                "the message has {bytes} bytes, and at most {limit} are taken"
            ),
            Self::Unsupported(what) => write!(f, "the host of this flow cannot {what}"),
            Self::Refused(error) | Self::Internal(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl Error for HostError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::TraceFailed(error) => error.source(),
            Self::Resume(error) => error.source(),
            Self::Refused(error) | Self::Internal(error) => error.source(),
            _ => None,
        }
    }
}

impl From<FlowError> for HostError {
    fn from(error: FlowError) -> Self {
        Self::TraceFailed(error)
    }
}

impl From<ResumeJsonError> for HostError {
    fn from(error: ResumeJsonError) -> Self {
        Self::Resume(error)
    }
}
