//! Problems of the errors of flows and of their hosts.

use std::error::Error;

use axum::http::StatusCode;
use penguiflow::host::HostError;
use penguiflow::{
    ErrorKind, FlowError, NodeError, ResumeJsonError, Retry, Retryable, TryEmitError,
};

use super::sentence::{is_no_json, is_unwritten, sentence};
use super::{Place, Problem};

impl From<FlowError> for Problem {
    fn from(error: FlowError) -> Self {
        let wait = match error.retry() {
            Retry::After(wait) => Some(wait),
            _ => None,
        };
        let status = match wait {
            Some(_) if error.kind() == ErrorKind::Failed => StatusCode::SERVICE_UNAVAILABLE,
            _ => status_of(&error),
        };
        let causes = NodeError::from(&error).causes;
        let mut problem = Self::new(status, error.kind().as_str(), sentence(&error));
        problem.0.place = Some(Place {
            trace_id: error.trace_id(),
            node: error.node().map(str::to_owned),
            path: error.path(),
            attempts: error.attempts(),
        });
        problem.0.error_kind = (status == status_of_kind(error.kind())).then(|| error.kind());
        problem.0.retry_after = wait;
        problem.with_hidden(error.to_string(), causes)
    }
}

impl From<HostError> for Problem {
    fn from(error: HostError) -> Self {
        let text = error.to_string();
        match error {
            HostError::TraceFailed(error) => error.into(),
            HostError::Resume(error) => error.into(),
            HostError::Full => Self::new(StatusCode::SERVICE_UNAVAILABLE, "full", text),
            HostError::Stopped => Self::new(StatusCode::SERVICE_UNAVAILABLE, "closed", text),
            HostError::UnknownTrace(_) => Self::new(StatusCode::NOT_FOUND, "unknown_trace", text),
            HostError::Refused(_) => Self::new(StatusCode::CONFLICT, "refused", text),
            HostError::TooLarge { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", text)
            }
            HostError::Unsupported(_) => {
                Self::new(StatusCode::NOT_IMPLEMENTED, "unsupported", text)
            }
            _ => Self::internal(&error),
        }
    }
}

impl Problem {
    /// A failure of the service's own.
    fn internal(error: &HostError) -> Self {
        let causes = causes(error);
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let shown = Self::new(status, "internal", "what runs the flow failed");
        shown.with_hidden(error.to_string(), causes)
    }
}

impl From<ResumeJsonError> for Problem {
    fn from(error: ResumeJsonError) -> Self {
        let text = error.to_string();
        match error {
            // The message that the value was read for is none of the trace's.
            ResumeJsonError::Invalid(error) => Self::new(status_of(&error), "invalid", text),
            ResumeJsonError::NotDeserialize(_) => {
                Self::new(StatusCode::NOT_IMPLEMENTED, "unsupported", text)
            }
            _ => Self::new(StatusCode::NOT_FOUND, "not_parked", text),
        }
    }
}

/// The texts of what caused an error, the nearest first.
fn causes(error: &dyn Error) -> Vec<String> {
    let (mut causes, mut next) = (Vec::new(), error.source());
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}

/// Of a `try_call` or `try_trace` in a handler of one's own.
impl<T> From<TryEmitError<T>> for Problem {
    fn from(error: TryEmitError<T>) -> Self {
        HostError::from(error).into()
    }
}

/// The status of each kind, unless it is set.
pub(super) const STATUSES: [(ErrorKind, StatusCode); 11] = [
    (ErrorKind::Failed, StatusCode::BAD_GATEWAY),
    (ErrorKind::TimedOut, StatusCode::GATEWAY_TIMEOUT),
    (ErrorKind::Panicked, StatusCode::INTERNAL_SERVER_ERROR),
    (ErrorKind::Invalid, StatusCode::UNPROCESSABLE_ENTITY),
    (ErrorKind::Cancelled, StatusCode::SERVICE_UNAVAILABLE),
    (ErrorKind::DeadlineExceeded, StatusCode::GATEWAY_TIMEOUT),
    (ErrorKind::BudgetExhausted, StatusCode::TOO_MANY_REQUESTS),
    (ErrorKind::Unjoined, StatusCode::INTERNAL_SERVER_ERROR),
    (ErrorKind::Filtered, StatusCode::NOT_FOUND),
    (ErrorKind::Closed, StatusCode::SERVICE_UNAVAILABLE),
    (ErrorKind::NoRuntime, StatusCode::INTERNAL_SERVER_ERROR),
];

fn status_of(error: &FlowError) -> StatusCode {
    if is_unwritten(error) {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    if is_no_json(error) {
        return StatusCode::BAD_REQUEST;
    }
    status_of_kind(error.kind())
}

fn status_of_kind(kind: ErrorKind) -> StatusCode {
    let status = STATUSES.iter().find(|(of, _)| *of == kind);
    status.map_or(StatusCode::INTERNAL_SERVER_ERROR, |(_, status)| *status)
}
