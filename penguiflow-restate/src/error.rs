//! What can go wrong where a client asks a server.

use penguiflow::{FlowError, TraceId};

/// Why a server did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The trace's own error.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// The connection has failed, or what has answered is not the server.
    #[error("the server was not reached at {url}: {why}")]
    Unreachable {
        /// What was asked.
        url: String,
        /// How the connection has failed, or what has answered.
        why: String,
    },
    /// The server, or the flow's worker, refuses. Statuses 401 and 403 are about the client's token.
    #[error("{message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Why, as a sentence.
        message: String,
    },
    /// The server knows no such trace that could do this.
    #[error("no trace {0} is known to the server, or it has ended")]
    NotThere(TraceId),
    /// The trace has ended without an output.
    #[error("the trace {0} has ended without an output")]
    NoOutput(TraceId),
    /// What is to be sent cannot be written as JSON.
    #[error("the message cannot be written: {0}")]
    Unwritable(#[source] serde_json::Error),
    /// What the server has sent does not fit.
    #[error("the server's answer does not fit the types of this client's flow: {0}")]
    Unreadable(#[source] serde_json::Error),
}

impl Error {
    /// Whether the server, or the way to it, may only be away for a while.
    pub(crate) fn is_away(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Refused {
                    status: 502..=504,
                    ..
                }
        )
    }
}
