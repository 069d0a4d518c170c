//! Errors as responses.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use penguiflow::prelude::*;
use serde::Serialize;
use tracing::Span;

/// When to try again where the flow is full: a place is free as soon as an answer is out.
const SOON: Duration = Duration::from_secs(1);

/// Why there is no answer.
#[derive(Debug, Serialize)]
pub(crate) struct Refusal {
    #[serde(skip)]
    status: StatusCode,
    #[serde(skip)]
    retry_after: Option<Duration>,
    error: String,
}

impl Refusal {
    /// The log line of the request has the reason, too.
    pub(crate) fn new(status: StatusCode, error: String) -> Self {
        Span::current().record("error", &error);
        Self {
            status,
            retry_after: None,
            error,
        }
    }

    fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }
}

/// The flow is full, or was stopped.
impl<T> From<TryEmitError<T>> for Refusal {
    fn from(error: TryEmitError<T>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).retry_after(Some(SOON))
    }
}

impl From<FlowError> for Refusal {
    fn from(error: FlowError) -> Self {
        // A model that asks to be left alone for a while asks it of the client, too.
        let wait = match error.retry() {
            Retry::After(wait) => Some(wait),
            _ => None,
        };
        let status = match error.kind() {
            ErrorKind::Failed if wait.is_some() => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::Failed => StatusCode::BAD_GATEWAY,
            ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::Filtered => StatusCode::NOT_FOUND,
            ErrorKind::TimedOut | ErrorKind::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
            ErrorKind::BudgetExhausted => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::Cancelled | ErrorKind::Closed => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let reason = match error.kind() {
            ErrorKind::Filtered => "the handbook has no word of the question".to_owned(),
            _ => error.to_string(),
        };
        Self::new(status, reason).retry_after(wait)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let seconds = |wait: Duration| wait.as_secs_f64().ceil().to_string();
        let header = self.retry_after.map(|wait| [(RETRY_AFTER, seconds(wait))]);
        (self.status, header, Json(self)).into_response()
    }
}
