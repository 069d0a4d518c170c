//! Errors as responses.

use axum::http::StatusCode;
use penguiflow::ErrorKind;
use penguiflow_serve::{CallerOptions, Options};
use serde_json::{Value, json};
use std::time::Duration;

use crate::support::{Host, Subject, over_both};

/// A problem without what differs from run to run.
fn plain(mut problem: Value) -> Value {
    let id = problem["trace_id"].take();
    assert_eq!(id.as_str().map(str::len), Some(32), "{problem}");
    problem
}

over_both! {
    async fn a_failure_names_the_node_and_not_its_error(subject: Subject) {
        let reply = subject.post("/support/run", r#"{"text": "why", "trick": "fail"}"#).await;
        assert_eq!(reply.status, StatusCode::BAD_GATEWAY);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        let expected = json!({
            "title": "Bad Gateway", "status": 502, "detail": "node `answer` failed", "kind": "failed",
            "trace_id": null, "node": "answer", "path": "answer", "attempts": 1,
        });
        assert_eq!(plain(reply.json()), expected);
    }

    async fn a_node_that_asks_for_a_wait_asks_the_client(subject: Subject) {
        let reply = subject.post("/support/run", r#"{"text": "why", "trick": "throttle"}"#).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(reply.header("retry-after"), Some("7"));
    }

    async fn a_panic_and_a_filtered_message_have_their_own_statuses(subject: Subject) {
        let reply = subject.post("/support/run", r#"{"text": "why", "trick": "panic"}"#).await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(reply.json()["detail"], "node `answer` panicked");
        let reply = subject.post("/support/run", r#"{"text": "why", "trick": "filter"}"#).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
    }

    async fn a_deadline_is_heeded(subject: Subject) {
        let hold = r#"{"text": "why", "trick": "hold"}"#;
        for header in [("x-request-timeout", "50ms"), ("grpc-timeout", "50m")] {
            let reply = subject.post_with("/support/run", &[header], hold).await;
            assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT, "{reply:?}");
            assert_eq!(reply.json()["kind"], "deadline_exceeded");
        }
        subject.held.are(0).await;
    }
}

#[tokio::test]
async fn internals_are_shown_where_they_are_asked_for() {
    let subject = Subject::with(Host::Memory, Options::new().internals()).await;
    let reply = subject
        .post("/support/run", r#"{"text": "why", "trick": "fail"}"#)
        .await;
    let problem = reply.json();
    assert_eq!(
        problem["detail"],
        "node `answer` failed: no route to 10.0.0.7"
    );
    assert_eq!(
        problem["causes"],
        json!(["no route to 10.0.0.7", "not connected"])
    );
}

#[tokio::test]
async fn statuses_and_sentences_are_set_by_kind() {
    let options = Options::new()
        .status(ErrorKind::Filtered, StatusCode::UNPROCESSABLE_ENTITY)
        .describe(|error| {
            (error.kind() == ErrorKind::Filtered).then(|| "nothing is known".to_owned())
        });
    let subject = Subject::with(Host::Memory, options).await;
    let reply = subject
        .post("/support/run", r#"{"text": "why", "trick": "filter"}"#)
        .await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reply.json()["detail"], "nothing is known");
}

#[tokio::test]
async fn the_longest_time_is_the_deadline_of_those_that_set_none() {
    let caller = CallerOptions::new().longest(Duration::from_millis(50));
    let subject = Subject::with(Host::Memory, Options::new().caller(caller)).await;
    for headers in [&[][..], &[("x-request-timeout", "60")]] {
        let hold = r#"{"text": "why", "trick": "hold"}"#;
        let reply = subject.post_with("/support/run", headers, hold).await;
        assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT, "{reply:?}");
    }
}

#[tokio::test]
async fn a_full_flow_says_when_to_try_again() {
    let subject = Subject::of(Host::Memory, Options::new(), |flow| flow.capacity(1)).await;
    // One that ran for more than two seconds, and so will the next.
    let hold = r#"{"text": "why", "trick": "hold"}"#;
    let reply = subject
        .post_with("/support/run", &[("x-request-timeout", "2100ms")], hold)
        .await;
    assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT);
    let id = subject.emit(r#"{"text": "why", "trick": "hold"}"#).await;
    for path in ["/support/run", "/support/stream", "/support/emit"] {
        let reply = subject.post(path, r#"{"text": "why"}"#).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{reply:?}");
        assert_eq!(
            (reply.json()["kind"].as_str(), reply.header("retry-after")),
            (Some("full"), Some("3"))
        );
    }
    subject.delete(&format!("/support/traces/{id}")).await;
}
