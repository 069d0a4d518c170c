//! The same three steps as somebody writes them with Restate's SDK: a workflow, each step journalled.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Result;
use local_restate::Server;
use restate_sdk::prelude::*;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::ingress::Ingress;
use crate::measure::{Figure, Load, measure};
use crate::work::{self, Record};

struct ByHand;

#[restate_sdk::workflow]
impl ByHand {
    #[handler]
    async fn run(
        &self,
        ctx: WorkflowContext<'_>,
        Json(record): Json<Record>,
    ) -> Result<Json<u64>, HandlerError> {
        let parsed = ctx.run(|| async { Ok(Json(work::parse(record).await)) });
        let Json(parsed) = parsed.name("parse").await?;
        let enriched = ctx.run(|| async { Ok(Json(work::enrich(parsed).await)) });
        let Json(enriched) = enriched.name("enrich").await?;
        let stored = ctx.run(|| async { Ok(Json(work::store(enriched).await)) });
        Ok(stored.name("store").await?)
    }
}

pub(crate) struct Subject {
    ingress: Arc<Ingress>,
    /// The numbers of the traces, which are their keys.
    next: Arc<AtomicU64>,
    _serving: JoinSet<()>,
}

impl Subject {
    pub(crate) async fn serve(server: &Server) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let endpoint = Endpoint::builder().bind(ByHand).build();
        let mut serving = JoinSet::new();
        serving.spawn(HttpServer::new(endpoint).serve(listener));
        server.register(&format!("http://{address}")).await?;
        Ok(Self {
            ingress: Arc::new(Ingress::of(server)),
            next: Arc::default(),
            _serving: serving,
        })
    }

    pub(crate) async fn measured(&self, server: &Server, load: Load) -> Result<Figure> {
        let ingress = Arc::clone(&self.ingress);
        let call = move |id| {
            let ingress = Arc::clone(&ingress);
            async move {
                let path = format!("ByHand/{id}/run");
                ingress.call(&path, &Record::new(id)).await
            }
        };
        measure(server, &self.next, load, call).await
    }
}
