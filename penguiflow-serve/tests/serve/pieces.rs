//! The pieces that the routes are made of, in handlers of one's own.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{post, post_service};
use axum::{Extension, Json, Router};
use penguiflow::prelude::*;
use penguiflow_serve::{
    Caller, CallerOptions, FlowService, IdempotencyKey, JsonMessage, Problem, TraceEvents, handler,
    routes, sse,
};
use serde_json::json;
use tower::{Service, ServiceExt};

use crate::support::{Host, Subject};

/// What a message brought with it.
#[node]
async fn envelope(text: String, headers: Headers, ctx: Ctx) -> (String, String, bool) {
    ctx.chunk("…").await;
    (text, headers.tenant, ctx.remaining().is_some())
}

flow! {
    struct Echo(String) -> (String, String, bool);

    envelope;
}

type Echoed = (String, String, bool);

async fn with(app: Router) -> Subject {
    Subject::start(Host::Memory).await.served_by(app)
}

#[tokio::test]
async fn a_flow_is_a_handler_and_a_service() {
    let running = Echo::flow().start();
    let app = Router::new()
        .route("/run", post(handler::run(running.clone())))
        .route("/service", post_service(handler::run(running.clone())))
        .route("/stream", post(handler::stream(running.clone())))
        .route("/emit", post(handler::emit(running.clone())));
    let subject = with(app).await;
    for path in ["/run", "/service"] {
        let reply = subject
            .post_with(path, &[("x-tenant", "acme")], "\"hi\"")
            .await;
        assert_eq!(reply.json(), json!(["hi", "acme", false]));
    }
    let reply = subject.post("/stream", "\"hi\"").await;
    assert!(
        reply
            .text
            .contains("event: output\ndata: [\"hi\",\"\",false]\n"),
        "{reply:?}"
    );
    assert_eq!(
        subject.post("/emit", "\"hi\"").await.status,
        StatusCode::ACCEPTED
    );
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (4, 4));
}

async fn ask(
    State(running): State<Running<Echo>>,
    JsonMessage(message): JsonMessage<String>,
) -> Result<Json<Echoed>, Problem> {
    Ok(Json(running.try_call(message)?.await?))
}

async fn tell(
    State(running): State<Running<Echo>>,
    Caller(message): Caller,
    IdempotencyKey(key): IdempotencyKey,
) -> Result<TraceEvents, Problem> {
    Ok(sse(
        running.try_trace(message.with(key.unwrap_or_default()))?
    ))
}

#[tokio::test]
async fn a_request_is_a_message_with_its_envelope() {
    let running = Echo::flow().start();
    let app = Router::new()
        .route("/ask", post(ask))
        .route("/tell", post(tell))
        .layer(Extension(CallerOptions::new().tenant_header("x-org")))
        .with_state(running.clone());
    let subject = with(app).await;
    let headers = [
        ("x-org", "acme"),
        ("grpc-timeout", "10S"),
        ("idempotency-key", "k"),
    ];
    let reply = subject.post_with("/ask", &headers, "\"hi\"").await;
    assert_eq!(reply.json(), json!(["hi", "acme", true]));
    let reply = subject.post_with("/tell", &headers, "").await;
    assert!(
        reply.text.contains("data: [\"k\",\"acme\",true]\n"),
        "{reply:?}"
    );
    let reply = subject.post("/ask", "7").await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    running.stop().await;
    let reply = subject.post("/ask", "\"hi\"").await;
    assert_eq!(
        (reply.status, &reply.json()["kind"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("closed"))
    );
}

#[tokio::test]
async fn a_trace_goes_on_under_its_callers_id() {
    let subject = Subject::start(Host::Memory).await;
    let id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{id}-00f067aa0ba902b7-01");
    let headers = [("traceparent", parent.as_str())];
    let reply = subject
        .post_with("/support/run", &headers, r#"{"text": "why"}"#)
        .await;
    assert_eq!(reply.header("x-trace-id"), Some(id));
    // A trace that outlives its request has an id of its own.
    let reply = subject
        .post_with("/support/emit", &headers, r#"{"text": "why"}"#)
        .await;
    assert_ne!(reply.header("x-trace-id"), Some(id));
}

#[tokio::test]
async fn a_flow_is_a_service_of_its_own_messages() {
    let service = FlowService::new(Echo::flow().start());
    let mut service = tower::ServiceBuilder::new()
        .concurrency_limit(1)
        .service(service);
    let message = Message::new("hi".to_owned()).tenant("acme");
    let output = service
        .ready()
        .await
        .expect("it is ready")
        .call(message)
        .await
        .expect("an output");
    assert_eq!(output.payload.1, "acme");
}

async fn authenticate(
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    match headers.get("authorization") {
        Some(token) if token == "secret" => Ok(next.run(request).await),
        _ => Err(StatusCode::UNAUTHORIZED),
    }
}

#[tokio::test]
async fn all_routes_of_a_flow_are_behind_its_guard() {
    let running = Echo::flow().start();
    let subject =
        with(Router::new().merge(routes("echo", running).guard(from_fn(authenticate)))).await;
    for path in [
        "/echo/run",
        "/echo/stream",
        "/echo/emit",
        "/echo/traces/7/resume",
        "/echo/nothing",
    ] {
        assert_eq!(
            subject.post(path, "\"hi\"").await.status,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
    }
    for path in [
        "/echo/traces",
        "/echo/traces/7",
        "/echo/parked",
        "/echo/graph",
        "/echo/graph.svg",
    ] {
        assert_eq!(
            subject.get(path).await.status,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
    }
    assert_eq!(
        subject.delete("/echo/traces/7").await.status,
        StatusCode::UNAUTHORIZED
    );
    let allowed = subject
        .post_with("/echo/run", &[("authorization", "secret")], "\"hi\"")
        .await;
    assert_eq!(allowed.status, StatusCode::OK);
}

#[tokio::test]
#[should_panic(expected = "two flows are served below `echo`")]
async fn two_flows_of_one_name_are_refused() {
    let running = Echo::flow().start();
    let echo = || routes("echo", running.clone()).open();
    drop(echo().and(echo()));
}

#[tokio::test]
#[should_panic(expected = "`a/b` is none")]
async fn a_name_that_is_no_segment_is_refused() {
    drop(routes("a/b", Echo::flow().start()));
}
