//! A collector that keeps what it is sent. It has a thread and a runtime of its own: the service's may
//! wait for it when the last spans are sent.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::{io, thread};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;
use tokio::runtime;

type Spans = Arc<Mutex<Vec<Span>>>;

pub(crate) struct Collector {
    address: SocketAddr,
    spans: Spans,
}

impl Collector {
    /// Listens until the program ends.
    pub(crate) fn start() -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let spans = Spans::default();
        let routes = Router::new().route("/v1/traces", post(take));
        let routes = routes.with_state(spans.clone());
        let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
        thread::spawn(move || {
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener)?;
                axum::serve(listener, routes).await
            })
        });
        Ok(Self { address, spans })
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        let spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        spans.clone()
    }
}

async fn take(State(spans): State<Spans>, body: Bytes) -> Result<Vec<u8>, StatusCode> {
    let request = ExportTraceServiceRequest::decode(body);
    let request = request.map_err(|_| StatusCode::BAD_REQUEST)?;
    let scopes = request
        .resource_spans
        .into_iter()
        .flat_map(|of| of.scope_spans);
    let mut all = spans.lock().unwrap_or_else(PoisonError::into_inner);
    all.extend(scopes.flat_map(|scope| scope.spans));
    Ok(ExportTraceServiceResponse::default().encode_to_vec())
}
