//! The routes and their handlers.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use futures_util::{Stream, StreamExt};
use penguiflow::Health;
use penguiflow::prelude::{FlowError, Running, TraceItem};

use crate::access_log;
use crate::caller::Caller;
use crate::nodes::{Answer, App, Question};
use crate::refusal::Refusal;
use crate::support::Support;

/// The started flow, which all requests share.
pub(crate) type Service = Arc<Running<Support, App>>;

pub(crate) fn router(service: Service) -> Router {
    Router::new()
        .route("/ask", post(ask))
        .route("/ask/stream", get(stream))
        .route("/health", get(health))
        .layer(middleware::from_fn(access_log::log))
        .with_state(service)
}

async fn ask(
    State(service): State<Service>,
    Caller(message): Caller,
    Json(question): Json<Question>,
) -> Result<Json<Answer>, Refusal> {
    let answer = service.try_call(message.with(question))?.await?;
    Ok(Json(answer))
}

async fn stream(
    State(service): State<Service>,
    Caller(message): Caller,
    Query(question): Query<Question>,
) -> Result<Sse<impl Stream<Item = Result<Event, axum::Error>>>, Refusal> {
    let trace = service.try_trace(message.with(question))?;
    Ok(Sse::new(trace.map(event)).keep_alive(KeepAlive::default()))
}

async fn health(State(service): State<Service>) -> Json<Health> {
    Json(service.health())
}

fn event(item: Result<TraceItem<Answer>, FlowError>) -> Result<Event, axum::Error> {
    let event = Event::default();
    match item {
        Ok(TraceItem::Chunk(chunk)) => event.event("chunk").json_data(chunk),
        Ok(TraceItem::Output(answer)) => event.event("answer").json_data(answer.payload),
        Ok(_) => Ok(event.comment("of a later version")),
        Err(error) => event.event("error").json_data(Refusal::from(error)),
    }
}
