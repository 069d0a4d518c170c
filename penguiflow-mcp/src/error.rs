//! Why a server does not serve.

use rmcp::service::ServerInitializeError;
use tokio::task::JoinError;

/// Why a server does not serve.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Kind);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error("the client does not speak the protocol: {0}")]
    Begin(#[source] Box<ServerInitializeError>),
    #[error("the server's task has failed")]
    Serve(#[source] JoinError),
}

impl Error {
    pub(crate) fn begin(error: ServerInitializeError) -> Self {
        Self(Kind::Begin(Box::new(error)))
    }

    pub(crate) fn serve(error: JoinError) -> Self {
        Self(Kind::Serve(error))
    }
}
