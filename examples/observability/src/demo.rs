//! A question to the service, from a client that has a trace, and what is seen of it afterwards.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue};
use handbook::{Index, cli};
use metrics_exporter_prometheus::PrometheusBuilder;
use penguiflow::Metrics;
use penguiflow_otel::Service as OtelService;
use penguiflow_otel::gen_ai::GenAi;
use tokio::net::TcpListener;

use crate::Failure;
use crate::client::Client;
use crate::collector::Collector;
use crate::flow::{App, flow};
use crate::service::{Service, router};
use crate::tree;

/// The client's trace, and its span.
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// In seconds.
const BUCKETS: [f64; 5] = [0.001, 0.01, 0.1, 1.0, 10.0];

pub(crate) struct Seen {
    pub(crate) answer: String,
    /// The spans that arrived, if the collector was the example's own.
    pub(crate) tree: Option<String>,
    pub(crate) scrape: String,
}

pub(crate) async fn run(question: String, collector: Option<String>) -> Result<Seen, Failure> {
    let own = collector.is_none().then(Collector::start).transpose()?;
    let endpoint = own.as_ref().map(Collector::endpoint).or(collector);
    let otel = OtelService::named("observability")
        .endpoint(endpoint.unwrap_or_default())
        .gen_ai(GenAi::On)
        .install()?;
    let metrics = PrometheusBuilder::new()
        .set_buckets(&BUCKETS)?
        .install_recorder()?;

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let client = Client::of(listener.local_addr()?);
    let (index, model) = (Index::of(cli::documentation())?, client.clone());
    let flow = Arc::new(flow(App { index, model }).observe(Metrics::new()).start());
    let routes = router(Service {
        flow: flow.clone(),
        metrics,
    });
    tokio::spawn(axum::serve(listener, routes).into_future());

    let mut headers = HeaderMap::new();
    headers.insert("traceparent", HeaderValue::from_static(TRACEPARENT));
    let answer = client.post("/ask", headers, question).await?;
    flow.stop().await;
    let scrape = client.get("/metrics").await?;
    otel.shutdown()?;
    let tree = own.map(|collector| tree::text(collector.spans()));
    Ok(Seen {
        answer,
        tree,
        scrape,
    })
}
