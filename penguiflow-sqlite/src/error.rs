//! What can go wrong where a flow runs on a store.

use penguiflow::host::HostError;
use penguiflow::{FlowError, ResumeJsonError, TraceId};

use crate::store::StoreError;

/// Why a store did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The trace's own error.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The value that a parked trace was given does not fit.
    #[error(transparent)]
    Resume(#[from] ResumeJsonError),
    /// The flow was stopped, or its runtime is gone.
    #[error("the flow has stopped: start it again on its store")]
    Stopped,
    /// There is no such trace that goes on.
    #[error("no trace {0} runs or waits: it has ended, or was never emitted to this flow")]
    NotThere(TraceId),
    /// There is no such dead trace.
    #[error("the trace {0} is not among the dead letters")]
    NotDead(TraceId),
    /// No step of a dead trace is to blame, that could have another input.
    #[error("no step of the trace {0} has failed: it can be tried again as it is alone")]
    NoStep(TraceId),
    /// No step of the trace waits for such a value.
    #[error("no step of the trace {id} waits for a `{awaited}`")]
    NotAwaited {
        /// The trace.
        id: TraceId,
        /// The type of what it was given.
        awaited: String,
    },
    /// The command line has asked for something that this version does not know.
    #[error(
        "the running flow knows no command `{0}`: it is of another version than the command line"
    )]
    UnknownCommand(String),
    /// The store has traces that this flow cannot go on with.
    #[error(
        "`{flow}` has changed, and the store has traces that it cannot go on with: {changes}. Give renamed \
         nodes an `alias`, or start it by `migrate` or `bury_unknown`"
    )]
    Changed {
        /// The flow's name.
        flow: String,
        /// What does not fit, each once, with the traces that it stops; and the schedules whose input does
        /// not fit.
        changes: String,
    },
}

/// What a caller who knows neither the flow nor the store makes of it.
impl From<Error> for HostError {
    fn from(error: Error) -> Self {
        match error {
            Error::Flow(error) => Self::TraceFailed(error),
            Error::Resume(error) => Self::Resume(error),
            Error::Stopped => Self::Stopped,
            Error::NotThere(id) => Self::UnknownTrace(id),
            Error::Store(StoreError::TooLarge { size, limit }) => {
                let bytes = size;
                Self::TooLarge { bytes, limit }
            }
            Error::NotDead(_) | Error::NoStep(_) | Error::NotAwaited { .. } => {
                Self::Refused(error.into())
            }
            _ => Self::Internal(error.into()),
        }
    }
}
