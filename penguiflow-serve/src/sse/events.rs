//! What a trace gives, as events. Pure: nothing is sent here.

use std::pin::Pin;

use axum::http::StatusCode;
use axum::response::sse::Event;
use futures_util::Stream;
use penguiflow::{Chunk, TraceItem};
use serde::Serialize;

use crate::problem::Problem;

/// What a trace gives, written as far as its types are needed for it.
pub(super) type Items = Pin<Box<dyn Stream<Item = Result<Written, Problem>> + Send>>;

/// Writes a payload as JSON.
pub(crate) type Payload<Out> = fn(&Out) -> serde_json::Result<String>;

/// An item whose payload is JSON.
pub(super) enum Written {
    Chunk(Box<Chunk>),
    Output(String),
    /// Of a later version of the runtime.
    Unknown,
}

/// Writes an item's payload.
pub(super) fn written<Out>(item: TraceItem<Out>, write: Payload<Out>) -> Result<Written, Problem> {
    match item {
        TraceItem::Chunk(chunk) => Ok(Written::Chunk(Box::new(chunk))),
        TraceItem::Output(message) => match write(&message.payload) {
            Ok(json) => Ok(Written::Output(json)),
            Err(_) => Err(unwritten()),
        },
        _ => Ok(Written::Unknown),
    }
}

/// The event of an item.
pub(super) fn event(item: &Result<Written, Problem>) -> Event {
    match item {
        Ok(Written::Chunk(chunk)) => json_event("chunk", chunk),
        // Outside of its texts, where it is escaped, JSON means the same with other white space.
        Ok(Written::Output(json)) => Event::default()
            .event("output")
            .data(json.replace(['\r', '\n'], " ")),
        Ok(Written::Unknown) => Event::default().comment("of a later version"),
        Err(problem) => json_event("error", problem),
    }
}

/// The last event.
pub(super) fn end(outcome: &str) -> Event {
    #[derive(Serialize)]
    struct End<'a> {
        outcome: &'a str,
    }
    json_event("end", &End { outcome })
}

fn json_event(name: &str, data: &impl Serialize) -> Event {
    let data = serde_json::to_string(data).expect("texts, numbers and JSON can be written");
    Event::default().event(name).data(data)
}

fn unwritten() -> Problem {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    Problem::new(
        status,
        "invalid",
        "the flow's output could not be written as JSON",
    )
}
