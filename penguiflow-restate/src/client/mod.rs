//! The face of flows that run on a server, for those who send messages: the server's ingress takes them, and
//! its admin interface knows its deployments and invocations.

mod follower;
mod host;
mod http;
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
    pub fn new(ingress: impl Into<String>, admin: impl Into<String>) -> Self {
        Self(Arc::new(Http::new(ingress.into(), admin.into())))
    }

    /// Registers what a worker, or a balancer before several, serves at this address. The server begins new
    /// traces there; those that have begun stay with the deployment that they began on.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with what is wrong with the deployment, and [`Error::Unreachable`].
    pub async fn register(&self, address: &str) -> Result<(), Error> {
        let deployment = json!({ "uri": address, "force": true });
        self.0.post_admin("/deployments", &deployment).await?;
        Ok(())
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
