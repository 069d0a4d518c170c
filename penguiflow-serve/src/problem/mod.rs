//! Why there is no answer, as a response: a problem document of RFC 9457.

mod from;
mod rules;
mod sentence;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use penguiflow::{ErrorKind, TraceId};
use serde::Serialize;

pub(crate) use rules::ProblemRules;
pub(crate) use sentence::is_unfit;

/// The media type of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// Why there is no answer: a response with a status, and a document of the type
/// `application/problem+json`.
///
/// A handler returns it as its error. The errors of flows and of their hosts become problems by `?`:
///
/// ```
/// use axum::Json;
/// use axum::extract::State;
/// use penguiflow::prelude::*;
/// use penguiflow_serve::{JsonMessage, Problem};
///
/// #[node]
/// async fn answer(question: String) -> Option<String> {
///     question.ends_with('?').then(|| "Who knows.".to_owned())
/// }
///
/// flow! {
///     struct Ask(String) -> String;
///
///     answer;
/// }
///
/// async fn ask(
///     State(running): State<Running<Ask>>,
///     JsonMessage(question): JsonMessage<String>,
/// ) -> Result<Json<String>, Problem> {
///     Ok(Json(running.try_call(question)?.await?))
/// }
/// ```
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Problem(Box<Document>);

/// What the response says, and what it does not. In a box, so that results stay small.
#[derive(Debug, Clone, Serialize)]
struct Document {
    title: Cow<'static, str>,
    #[serde(serialize_with = "as_number")]
    status: StatusCode,
    detail: String,
    kind: Cow<'static, str>,
    #[serde(flatten)]
    place: Option<Place>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
    #[serde(skip)]
    retry_after: Option<Duration>,
    /// The kind, where it alone decides the status.
    #[serde(skip)]
    error_kind: Option<ErrorKind>,
    /// What is not shown unless it is asked for.
    #[serde(skip)]
    internals: Option<Internals>,
}

/// The trace that failed, and where.
#[derive(Debug, Clone, Serialize)]
struct Place {
    trace_id: TraceId,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    attempts: u32,
}

/// The whole text of an error, and those of its causes.
#[derive(Debug, Clone)]
struct Internals {
    text: String,
    causes: Vec<String>,
}

impl Problem {
    /// A problem of one's own: its status, its kind for programs, and a sentence for people.
    ///
    /// ```
    /// use axum::http::StatusCode;
    /// use penguiflow_serve::Problem;
    ///
    /// let problem = Problem::new(StatusCode::PAYMENT_REQUIRED, "no_credit", "the month's credit is used up");
    /// assert_eq!(problem.to_string(), "the month's credit is used up");
    /// ```
    pub fn new(
        status: StatusCode,
        kind: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self(Box::new(Document {
            title: title(status),
            status,
            detail: detail.into(),
            kind: kind.into(),
            place: None,
            causes: Vec::new(),
            retry_after: None,
            error_kind: None,
            internals: None,
        }))
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// What it is, for programs: the kind of a flow's error, such as `timed_out`, or `full`.
    pub fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The trace that failed, if there was one.
    pub fn trace_id(&self) -> Option<TraceId> {
        Some(self.0.place.as_ref()?.trace_id)
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.title = title(status);
        self.0.status = status;
        self
    }

    /// The same with another sentence.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// The same with the header `Retry-After`.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// The same with what the node's own error says, and with its causes. Without this, both stay in the
    /// service.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use penguiflow_serve::Problem;
    ///
    /// #[node]
    /// async fn connect(_: ()) -> Result<(), &'static str> {
    ///     Err("no route to 10.0.0.7")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let error = flow! { connect }.run(()).await.unwrap_err();
    /// let problem = Problem::from(error);
    /// assert_eq!(problem.to_string(), "node `connect` failed");
    /// assert_eq!(problem.with_internals().to_string(), "node `connect` failed: no route to 10.0.0.7");
    /// # }
    /// ```
    #[must_use]
    pub fn with_internals(mut self) -> Self {
        if let Some(internals) = self.0.internals.clone() {
            self.0.detail = internals.text;
            self.0.causes = internals.causes;
        }
        self
    }

    /// The whole text of the error, for a log: with what the response does not show.
    pub fn internals(&self) -> &str {
        match &self.0.internals {
            Some(internals) => &internals.text,
            None => &self.0.detail,
        }
    }

    fn with_hidden(mut self, text: String, causes: Vec<String>) -> Self {
        self.0.internals = Some(Internals { text, causes });
        self
    }
}

/// A problem of a request that is at fault by itself.
pub(crate) fn bad_request(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_request", detail)
}

/// Nothing is there.
pub(crate) fn not_found(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", detail)
}

fn title(status: StatusCode) -> Cow<'static, str> {
    status.canonical_reason().unwrap_or("Problem").into()
}

fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl Error for Problem {}

/// The response carries the problem as an extension, too, for a middleware that logs it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).expect("texts and numbers can be written");
        let mut response = (self.0.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(wait) = self.0.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        response.extensions_mut().insert(self);
        response
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}
