//! The service: questions, the metrics, and the model that its flow asks, all on one port.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use metrics_exporter_prometheus::PrometheusHandle;
use penguiflow::prelude::*;
use penguiflow_otel::{Caller, MessageExt};
use tracing::{Instrument, info_span};

use crate::flow::{App, Support};

/// What all requests share.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) flow: Arc<Running<Support, App>>,
    pub(crate) metrics: PrometheusHandle,
}

pub(crate) fn router(service: Service) -> Router {
    Router::new()
        .route("/ask", post(ask))
        .route("/model", post(model))
        .route("/metrics", get(metrics))
        .with_state(service)
}

/// Runs the flow in a span of the request, which is in the client's trace if there is one.
async fn ask(
    State(service): State<Service>,
    headers: HeaderMap,
    question: String,
) -> Result<String, (StatusCode, String)> {
    let caller = Caller::of(&headers);
    let span = info_span!("request", otel.name = "POST /ask", otel.kind = "server");
    caller.set_parent_of(&span);
    let message = caller.message(question).in_trace_of(&span);
    // The call itself is in the span, too: that makes the span the parent of the trace's.
    let call = async { service.flow.call(message).await };
    let answer = call.instrument(span).await;
    answer.map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))
}

/// A model that repeats what it is given.
async fn model(headers: HeaderMap, prompt: String) -> String {
    let span = info_span!("request", otel.name = "POST /model", otel.kind = "server");
    Caller::of(&headers).set_parent_of(&span);
    span.in_scope(|| format!("It is written in {}.", prompt.replace('\n', " and ")))
}

async fn metrics(State(service): State<Service>) -> String {
    service.metrics.render()
}
