//! What a worker serves: flows, each as a workflow of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use penguiflow::host::{DurableFlow, IntoDurable};
use serde_json::Value;
use tokio::net::{TcpListener, ToSocketAddrs, lookup_host};

#[cfg(feature = "identity")]
use crate::identity::{IdentityKeyError, IdentityKeys};
use crate::names::{self, FAILURE, FOLLOW, ITEM, RESUME, RUN};
use crate::protocol::{Handled, Served, Session, manifest, serve};
use crate::{following, handlers, run};

/// How long the traces that run have to be put away when a worker is stopped.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a worker serves.
pub fn endpoint() -> Endpoint {
    Endpoint::default()
}

/// The flows that a worker serves, each as a workflow that bears its name. Any number of workers serve the
/// same flows, behind one address or each with its own: see [`Client::register`](crate::Client::register).
#[derive(Default, Clone)]
#[must_use = "it serves nothing until `serve`"]
pub struct Endpoint {
    flows: BTreeMap<String, DurableFlow>,
    #[cfg(feature = "identity")]
    identity_keys: IdentityKeys,
}

impl Endpoint {
    /// Serves this flow, too.
    ///
    /// # Panics
    ///
    /// If there is a flow of this name: traces are found by it.
    pub fn flow<In, Out>(mut self, flow: impl IntoDurable<In, Out>) -> Self {
        let flow = flow.into_durable();
        let name = names::service(flow.name());
        let known = self.flows.insert(name, flow);
        if let Some(known) = known {
            panic!("the endpoint has two flows of the name `{}`", known.name());
        }
        self
    }

    /// Takes requests only from the server that has this public key, such as `publickeyv1_w7YHemBctH5C…`. Each
    /// further key admits one more server, or the next key of the same one. Requests without a valid signature
    /// are refused with 401, those to `/discover` and `/health` among them. Without a key, everybody who reaches
    /// the worker may call its flows.
    ///
    /// # Errors
    ///
    /// If it is not a key of this form.
    #[cfg(feature = "identity")]
    #[cfg_attr(docsrs, doc(cfg(feature = "identity")))]
    pub fn identity_key(mut self, key: &str) -> Result<Self, IdentityKeyError> {
        self.identity_keys.add(key)?;
        Ok(self)
    }

    /// Serves at this address until the process ends.
    ///
    /// # Errors
    ///
    /// If nobody can listen there: the sentence names the address.
    pub async fn serve(self, address: impl ToSocketAddrs) -> io::Result<()> {
        let listener = listen(address).await?;
        self.serve_until(listener, std::future::pending()).await;
        Ok(())
    }

    /// Serves at this listener until the future is ready. The steps that run then have 10 seconds; what is
    /// not over goes on at another worker, or here when it serves again.
    pub async fn serve_until(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        serve(listener, Arc::new(self), stop, PATIENCE).await;
    }
}

/// Listens at an address, which the system's errors do not name.
async fn listen(address: impl ToSocketAddrs) -> io::Result<TcpListener> {
    let addresses = lookup_host(address).await.map_err(|error| {
        let why = format!("this is no address to serve at, such as `0.0.0.0:9080`: {error}");
        io::Error::new(error.kind(), why)
    })?;
    let addresses: Vec<_> = addresses.collect();
    let listener = TcpListener::bind(&*addresses).await;
    listener.map_err(|error| {
        let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
        let addresses = addresses.join(" or ");
        let why = format!("the worker cannot listen at {addresses}: {error}");
        io::Error::new(error.kind(), why)
    })
}

impl Served for Endpoint {
    fn manifest(&self) -> Value {
        manifest(self.flows.keys().map(String::as_str))
    }

    #[cfg(feature = "identity")]
    fn admit(&self, path: &str, headers: &http::HeaderMap) -> Result<(), String> {
        self.identity_keys.verify(path, headers)
    }

    fn handle(&self, service: &str, handler: &str, session: Session) -> Option<Handled> {
        let flow = self.flows.get(service)?.clone();
        match handler {
            RUN => Some(Box::pin(run::run(flow, session))),
            RESUME => Some(Box::pin(handlers::resume(flow, session))),
            FAILURE => Some(Box::pin(handlers::return_failure(session))),
            FOLLOW => Some(Box::pin(following::follow(session))),
            ITEM => Some(Box::pin(following::return_item(session))),
            _ => None,
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("flows", &self.flows)
            .finish()
    }
}
