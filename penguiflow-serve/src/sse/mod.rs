//! A trace as server-sent events: `chunk` and `output` as they come, `error` if it fails, `end` in any
//! case.

mod events;
mod forward;

use std::fmt;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use penguiflow::TraceItem;
use serde::Serialize;

pub(crate) use events::Payload;
use events::{Items, written};
use forward::forward;

use crate::problem::Problem;

/// A trace as a response of server-sent events: what `running.trace(message)` or `try_trace` returned.
///
/// | event | data |
/// |---|---|
/// | `chunk` | a [`Chunk`](penguiflow::Chunk) |
/// | `output` | the output |
/// | `error` | a [`Problem`] |
/// | `end` | `{"outcome": "completed"}`, or the kind of the error; always the last one |
///
/// A stream without `end` has broken off. While nothing comes, a comment keeps the connection alive.
/// The trace runs in a task of its own. It is cancelled when the client goes away, and when the client
/// stays but takes nothing for as long as [`stall`](TraceEvents::stall) allows: nobody holds a place of
/// the flow's capacity by not reading.
///
/// ```
/// use axum::extract::State;
/// use penguiflow::prelude::*;
/// use penguiflow_serve::{JsonMessage, Problem, TraceEvents, sse};
///
/// #[node]
/// async fn tell(question: String, ctx: Ctx) -> String {
///     ctx.chunk("Who ").await;
///     ctx.chunk("knows.").await;
///     question
/// }
///
/// flow! {
///     struct Ask(String) -> String;
///
///     tell;
/// }
///
/// async fn stream(
///     State(running): State<Running<Ask>>,
///     JsonMessage(question): JsonMessage<String>,
/// ) -> Result<TraceEvents, Problem> {
///     Ok(sse(running.try_trace(question)?))
/// }
/// # let _: axum::Router<Running<Ask>> = axum::Router::new().route("/", axum::routing::post(stream));
/// ```
pub fn sse<Out, E>(
    trace: impl Stream<Item = Result<TraceItem<Out>, E>> + Send + 'static,
) -> TraceEvents
where
    Out: Serialize + 'static,
    E: Into<Problem> + 'static,
{
    let items = trace.map(|item| item.map_err(Into::into));
    TraceEvents::of(items, |payload: &Out| serde_json::to_string(payload))
}

/// A response of server-sent events: see [`sse`].
#[must_use = "a handler returns it"]
pub struct TraceEvents {
    items: Items,
    keep_alive: Duration,
    stall: Duration,
}

impl TraceEvents {
    /// The events of these items, whose payloads are written so.
    pub(crate) fn of<Out: 'static>(
        items: impl Stream<Item = Result<TraceItem<Out>, Problem>> + Send + 'static,
        write: Payload<Out>,
    ) -> Self {
        Self {
            items: Box::pin(items.map(move |item| written(item?, write))),
            keep_alive: Duration::from_secs(15),
            stall: Duration::from_secs(30),
        }
    }

    /// The longest time without a sign of life: 15 seconds unless it is set.
    pub fn keep_alive(mut self, time: Duration) -> Self {
        self.keep_alive = time;
        self
    }

    /// How long events may wait for the client to take them: 30 seconds unless it is set. After that the
    /// trace is cancelled.
    pub fn stall(mut self, time: Duration) -> Self {
        self.stall = time;
        self
    }
}

impl IntoResponse for TraceEvents {
    fn into_response(self) -> Response {
        let events = forward(self.items, self.stall);
        let keep_alive = KeepAlive::new().interval(self.keep_alive);
        let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
        // For proxies such as nginx, which collect a response before they pass it on.
        let (name, no) = (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        );
        response.headers_mut().insert(name, no);
        response
    }
}

impl fmt::Debug for TraceEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceEvents")
            .field("keep_alive", &self.keep_alive)
            .field("stall", &self.stall)
            .finish_non_exhaustive()
    }
}
