//! The routes: those of the flow, and its health.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router, middleware};
use penguiflow::Health;
use penguiflow::prelude::{ErrorKind, FlowError, Running};
use penguiflow_serve::{CallerOptions, Inspector, Options, routes};
use std::time::Duration;

use crate::access_log;
use crate::nodes::App;
use crate::support::Support;

/// How long a request may take that does not say so itself.
const LONGEST: Duration = Duration::from_secs(60);

/// The started flow. Clones are the same.
pub(crate) type Service = Running<Support, App>;

pub(crate) fn router(service: &Service, inspector: Inspector) -> Router {
    let options = Options::new()
        .caller(CallerOptions::new().longest(LONGEST))
        .describe(described);
    // It listens on this machine alone. Elsewhere a layer of one's own stands here, by `guard`.
    let flow = routes("support", service.clone()).options(options);
    let flow = flow.inspector(inspector).open();
    Router::new()
        .merge(flow)
        .route("/health", get(health))
        .layer(middleware::from_fn(access_log::log))
        .with_state(service.clone())
}

async fn health(State(service): State<Service>) -> Json<Health> {
    Json(service.health())
}

/// What the client is told where the flow's own words do not help.
fn described(error: &FlowError) -> Option<String> {
    let is_unknown = error.kind() == ErrorKind::Filtered;
    is_unknown.then(|| "the handbook has no word of the question".to_owned())
}
