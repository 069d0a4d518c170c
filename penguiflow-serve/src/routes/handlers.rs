//! The handlers of a flow's routes.

use axum::Json;
use axum::extract::{OriginalUri, Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use penguiflow::host::{TraceDetail, TraceSummary};
use penguiflow::{Message, TraceId};
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::request::{OfTrace, Query};
use crate::extract::{IdempotencyKey, read_body, read_json_body};
use crate::problem::{Problem, bad_request};
use crate::served::Served;

/// The trace of a response.
const TRACE_ID: &str = "x-trace-id";

/// Runs a message, and answers with its output.
pub(crate) async fn run(
    State(served): State<Served>,
    request: Request,
) -> Result<Response, Problem> {
    let message = message(&served, request).await?;
    let id = message.trace_id;
    let output = served.call(message).await?;
    let is_json = [(CONTENT_TYPE, "application/json")];
    Ok(of_trace(id, (is_json, output.payload).into_response()))
}

/// The same, whose chunks and output are events.
pub(crate) async fn stream(
    State(served): State<Served>,
    request: Request,
) -> Result<Response, Problem> {
    let message = message(&served, request).await?;
    let id = message.trace_id;
    Ok(of_trace(id, served.trace(message).await?.into_response()))
}

/// Begins a trace that nobody waits for.
pub(crate) async fn emit(
    State(served): State<Served>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let IdempotencyKey(key) = IdempotencyKey::of(&parts.headers)?;
    let envelope = served.options().caller.handed_over(&parts)?;
    let json = read_json_body(&parts.headers, body, served.options().body).await?;
    let id = served.emit(envelope.with(json), key).await?;
    let place = place_of(&uri, id);
    let accepted = (
        StatusCode::ACCEPTED,
        [(LOCATION, place)],
        Json(json!({ "trace_id": id })),
    );
    Ok(of_trace(id, accepted.into_response()))
}

/// Where a trace that was emitted here is asked for.
fn place_of(uri: &Uri, id: TraceId) -> String {
    let flow = uri.path().trim_end_matches('/').rsplit_once('/');
    format!("{}/traces/{id}", flow.map_or("", |(flow, _)| flow))
}

/// A request as the message of a trace that is waited for.
async fn message(served: &Served, request: Request) -> Result<Message<Vec<u8>>, Problem> {
    let (parts, body) = request.into_parts();
    let mut envelope = served.options().caller.message(&parts)?;
    if served.running().is_durable() {
        envelope.trace_id = TraceId::random();
    }
    let json = read_json_body(&parts.headers, body, served.options().body).await?;
    Ok(envelope.with(json))
}

fn of_trace(id: TraceId, mut response: Response) -> Response {
    let id = HeaderValue::try_from(id.to_string()).expect("digits are a header's value");
    response.headers_mut().insert(TRACE_ID, id);
    response
}

pub(super) async fn traces(
    State(served): State<Served>,
    uri: Uri,
) -> Result<Json<Vec<TraceSummary>>, Problem> {
    let query = Query::of(&uri, &["state", "search", "before", "limit"])?;
    Ok(Json(served.traces(query.filter()?).await?))
}

pub(super) async fn trace_detail(
    State(served): State<Served>,
    OfTrace(id): OfTrace,
) -> Result<Json<TraceDetail>, Problem> {
    Ok(Json(served.trace_detail(id).await?))
}

pub(super) async fn cancel(
    State(served): State<Served>,
    OfTrace(id): OfTrace,
) -> Result<StatusCode, Problem> {
    served.done(served.running().cancel(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn resume(
    State(served): State<Served>,
    OfTrace(id): OfTrace,
    uri: Uri,
    request: Request,
) -> Result<StatusCode, Problem> {
    let step = Query::of(&uri, &["step"])?.step()?;
    let (parts, body) = request.into_parts();
    let json = read_json_body(&parts.headers, body, served.options().body).await?;
    served.done(served.running().resume(id, step, json)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries a dead trace again; a body is another input of the step that failed.
pub(super) async fn retry(
    State(served): State<Served>,
    OfTrace(id): OfTrace,
    request: Request,
) -> Result<StatusCode, Problem> {
    let (parts, body) = request.into_parts();
    let limits = served.options().body;
    let input = match parts.headers.contains_key(CONTENT_TYPE) {
        true => read_json_body(&parts.headers, body, limits).await?,
        false => read_body(body, limits).await?,
    };
    let input = Some(input).filter(|input| !input.is_empty());
    if let Some(input) = &input {
        let read = serde_json::from_slice::<IgnoredAny>(input);
        read.map_err(|error| bad_request(format!("the body is no JSON: {error}")))?;
    }
    served.done(served.running().retry(id, input)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A step that waits, and the schema of what it waits for.
#[derive(Serialize)]
pub(super) struct Waiting {
    #[serde(flatten)]
    step: penguiflow::host::ParkedStep,
    schema: Option<Value>,
}

pub(super) async fn parked(
    State(served): State<Served>,
    uri: Uri,
) -> Result<Json<Vec<Waiting>>, Problem> {
    let limit = Query::of(&uri, &["limit"])?.number("limit", 100)?;
    let signature = served.running().signature();
    let steps = served.parked(limit).await?.into_iter().map(|step| {
        let schema = signature
            .awaited_at(&step.node)
            .and_then(|place| place.schema());
        let schema = schema.map(|schema| schema.to_value());
        Waiting { step, schema }
    });
    Ok(Json(steps.collect()))
}

pub(super) async fn graph(State(served): State<Served>) -> Response {
    let is_json = [(CONTENT_TYPE, "application/json")];
    (is_json, served.running().signature().graph.to_json()).into_response()
}

pub(super) async fn picture(State(served): State<Served>) -> Response {
    let is_svg = [(CONTENT_TYPE, "image/svg+xml")];
    (is_svg, served.running().signature().graph.to_svg()).into_response()
}
