//! Server-sent events that say when something has changed. What has changed, the page asks for: so a
//! page costs the same however much happens.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::time::sleep;

use super::Inspector;

/// Changes are reported no more often than that.
const PACE: Duration = Duration::from_millis(500);

/// An event `changed` whenever something has changed, and at the beginning.
pub(super) fn changes(inspector: Inspector) -> Response {
    let events = stream::unfold((inspector, None), |(inspector, seen)| async move {
        let mut now = inspector.changes();
        while Some(now) == seen {
            sleep(PACE).await;
            now = inspector.changes();
        }
        if seen.is_some() {
            sleep(PACE).await;
        }
        let event = Event::default().event("changed").data(now.to_string());
        Some((Ok::<_, Infallible>(event), (inspector, Some(now))))
    });
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new())
        .into_response();
    let no = axum::http::HeaderValue::from_static("no");
    response.headers_mut().insert("x-accel-buffering", no);
    response
}
