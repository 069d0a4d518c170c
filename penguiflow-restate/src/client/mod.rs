//! The face of flows that run on a server, for those who send messages: the server's ingress takes them, and
//! its admin interface knows its deployments and invocations.

mod connector;
mod emit_at;
mod follower;
mod host;
mod http;
mod interface;
mod invocation;
mod pauses;
mod retry;
mod running;
mod trace;
mod traces;
mod wanted;

use std::fmt;
use std::sync::Arc;

use penguiflow::host::{DurableFlow, IntoDurable};
use serde_json::json;

use crate::error::Error;
use http::Http;

pub use running::Running;
pub use trace::Trace;

/// A server, by the addresses of its ingress and its admin interface. Clones are the same.
#[derive(Clone)]
pub struct Client(Arc<Http>);

impl Client {
    /// A client of the server at these addresses, such as `http://127.0.0.1:8080` and
    /// `http://127.0.0.1:9070`.
    ///
    /// `https://` needs the feature `rustls`, which is a default. The server's certificate must be one that the
    /// system trusts; where the environment names a file by `SSL_CERT_FILE`, the certificates in it are trusted
    /// instead. What is wrong with an address is an [`Error::Unreachable`] of the requests.
    pub fn new(ingress: impl Into<String>, admin: impl Into<String>) -> Self {
        Self(Arc::new(Http::new(ingress.into(), admin.into())))
    }

    /// Sends this token, as `authorization: Bearer …`, with each request to the ingress and to the admin
    /// interface. Over `http://`, everybody on the way can read it.
    #[must_use = "it is the client that sends the token"]
    pub fn token(self, token: impl Into<String>) -> Self {
        let mut http = Arc::unwrap_or_clone(self.0);
        http.token = Some(token.into());
        Self(Arc::new(http))
    }

    /// Registers what a worker, or a balancer before several, serves at this address. The server begins new
    /// traces there; those that have begun stay with the deployment that they began on.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with what is wrong with the deployment, and [`Error::Unreachable`].
    pub async fn register(&self, address: &str) -> Result<(), Error> {
        let refused = |status, why: &str| Error::Refused {
            status,
            message: format!("the worker at `{address}` was not registered: {why}"),
        };
        interface::check(address).map_err(|why| refused(400, why))?;
        let deployment = json!({ "uri": address, "force": true });
        let registered = self.0.post_admin("/deployments", &deployment).await;
        registered.map(drop).map_err(|error| match error {
            // What is wrong is the client's token.
            error @ Error::Refused {
                status: 401 | 403, ..
            } => error,
            Error::Refused { status, message } => refused(status, without_code(&message)),
            error => error,
        })
    }

    /// The traces of this flow. Only its name and types are used: it may be built with another state, and
    /// its nodes do not run here.
    pub fn flow<In, Out>(&self, flow: impl IntoDurable<In, Out>) -> Running<In, Out> {
        let flow: DurableFlow = flow.into_durable();
        Running::new(Arc::clone(&self.0), flow)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.0).finish()
    }
}

/// A message of the server's without the codes that it begins with, such as `[META0003]`.
fn without_code(message: &str) -> &str {
    let code = message.strip_prefix("[META");
    match code.and_then(|code| code.split_once("] ")) {
        Some((_, rest)) => without_code(rest),
        None => message,
    }
}
