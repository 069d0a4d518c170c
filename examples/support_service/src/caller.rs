//! The envelope of a request's message, from its headers: the tenant, the deadline and the trace.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use penguiflow::prelude::{Message, TraceId};
use tracing::Span;
use tracing::field::display;

use crate::refusal::Refusal;

/// How long a request may take that does not say so itself.
const LONGEST: Duration = Duration::from_secs(60);

/// A message without its payload.
pub(crate) struct Caller(pub(crate) Message<()>);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let header = |name| parts.headers.get(name)?.to_str().ok();
        let mut message = Message::new(())
            .tenant(header("x-tenant").unwrap_or_default())
            .deadline_in(time(header("x-request-timeout-ms"))?);
        if let Some(trace_id) = header("traceparent").and_then(trace_id) {
            message = message.trace_id(trace_id);
        }
        Span::current().record("trace_id", display(message.trace_id));
        Ok(Self(message))
    }
}

fn time(header: Option<&str>) -> Result<Duration, Refusal> {
    let Some(milliseconds) = header else {
        return Ok(LONGEST);
    };
    let time = milliseconds.parse().map(Duration::from_millis);
    let time = time.map_err(|_| {
        let reason = format!("`x-request-timeout-ms` is no number: `{milliseconds}`");
        Refusal::new(StatusCode::BAD_REQUEST, reason)
    });
    Ok(time?.min(LONGEST))
}

/// As <https://www.w3.org/TR/trace-context/#traceparent-header> has it.
fn trace_id(traceparent: &str) -> Option<TraceId> {
    traceparent.split('-').nth(1)?.parse().ok()
}
