//! The flow on Restate: three nodes, each attempt journalled by the library.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Result;
use local_restate::Server;
use penguiflow_restate::{Client, Running};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::measure::{Figure, Load, measure};
use crate::work::{Record, Steps};

pub(crate) struct Subject {
    running: Running<Record, u64>,
    next: Arc<AtomicU64>,
    _serving: JoinSet<()>,
}

impl Subject {
    pub(crate) async fn serve(server: &Server) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let endpoint = penguiflow_restate::endpoint().flow(Steps::flow());
        let mut serving = JoinSet::new();
        serving.spawn(endpoint.serve_until(listener, std::future::pending::<()>()));
        let client = Client::new(server.ingress(), server.admin());
        client.register(&format!("http://{address}")).await?;
        Ok(Self {
            running: client.flow(Steps::flow()),
            next: Arc::default(),
            _serving: serving,
        })
    }

    pub(crate) async fn measured(&self, server: &Server, load: Load) -> Result<Figure> {
        let running = self.running.clone();
        let call = move |id| {
            let running = running.clone();
            async move { Ok(running.call(Record::new(id)).await?.payload) }
        };
        measure(server, &self.next, load, call).await
    }
}
