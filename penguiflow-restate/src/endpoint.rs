//! What a worker serves: flows, each as a workflow of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use penguiflow::host::{DurableFlow, IntoDurable};
use serde_json::Value;
use tokio::net::{TcpListener, ToSocketAddrs};

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

    /// Serves at this address until the process ends.
    ///
    /// # Errors
    ///
    /// If nobody can listen there.
    pub async fn serve(self, address: impl ToSocketAddrs) -> io::Result<()> {
        let listener = TcpListener::bind(address).await?;
        self.serve_until(listener, std::future::pending()).await;
        Ok(())
    }

    /// Serves at this listener until the future is ready. The steps that run then have 10 seconds; what is
    /// not over goes on at another worker, or here when it serves again.
    pub async fn serve_until(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        serve(listener, Arc::new(self), stop, PATIENCE).await;
    }
}

impl Served for Endpoint {
    fn manifest(&self) -> Value {
        manifest(self.flows.keys().map(String::as_str))
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
