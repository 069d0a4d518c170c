//! The routes of one flow, each with its handler.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{delete, get, post};

use super::handlers::{
    cancel, emit, graph, parked, picture, resume, retry, run, stream, trace_detail, traces,
};
use crate::inspector::{self, Inspected};
use crate::problem::{Problem, not_found};
use crate::served::Served;

/// The routes, without the flow's name before them.
pub(super) fn flow_router(served: Served) -> Router {
    let mut router = Router::new()
        .route("/run", post(run))
        .route("/stream", post(stream))
        .route("/emit", post(emit))
        .route("/traces", get(traces))
        .route("/traces/{id}", get(trace_detail).delete(cancel))
        .route("/traces/{id}/resume", post(resume))
        .route("/parked", get(parked))
        .route("/graph", get(graph))
        .route("/graph.svg", get(picture));
    if served.running().is_durable() {
        router = router.route("/traces/{id}/retry", post(retry));
    }
    router
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .with_state(served)
}

/// The page, what it reads, and what it does to traces.
pub(super) fn page_router(inspected: Inspected) -> Router {
    let served = inspected.served.clone();
    let mut router = Router::new()
        .route("/inspector/api/emit", post(emit))
        .route("/inspector/api/traces/{id}", delete(cancel))
        .route("/inspector/api/traces/{id}/resume", post(resume));
    if served.running().is_durable() {
        router = router.route("/inspector/api/traces/{id}/retry", post(retry));
    }
    router
        .with_state(served)
        .merge(inspector::router(inspected))
        .method_not_allowed_fallback(no_method)
}

async fn no_route() -> Problem {
    not_found("the flow has no such route: `/openapi.json` lists them")
}

async fn no_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "the route has another method: the header `Allow` names it",
    )
}
