//! Traces as server-sent events.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use expect_test::{Expect, expect};
use futures_util::StreamExt;
use penguiflow_serve::Options;
use serde_json::Value;
use tower::ServiceExt;

use crate::support::{Host, Subject, over_both, request};

/// The events' names with what of their data does not differ from run to run.
fn check(text: &str, expected: Expect) {
    let mut page = String::new();
    for event in text.split_terminator("\n\n") {
        let (name, data) = event.split_once('\n').expect("a name and data");
        let name = name.strip_prefix("event: ").expect("a name");
        let data: Value =
            serde_json::from_str(data.strip_prefix("data: ").expect("data")).expect("JSON");
        page += &match name {
            "chunk" => format!("chunk {} {}\n", data["text"], data["end"]),
            "error" => format!("error {} {}\n", data["status"], data["detail"]),
            name => format!("{name} {data}\n"),
        };
    }
    expected.assert_eq(&page);
}

over_both! {
    async fn chunks_come_before_the_output_and_the_end(subject: Subject) {
        let reply = subject.post("/support/stream", r#"{"text": "why not"}"#).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.header("content-type"), Some("text/event-stream"));
        assert_eq!(reply.header("x-trace-id").map(str::len), Some(32));
        check(&reply.text, expect![[r#"
            chunk "why" null
            chunk "not" null
            chunk "" "complete"
            output {"text":"why not","words":["why","not"]}
            end {"outcome":"completed"}
        "#]]);
    }

    async fn an_error_is_a_problem_before_the_end(subject: Subject) {
        let reply = subject.post("/support/stream", r#"{"text": "why", "trick": "fail"}"#).await;
        check(&reply.text, expect![[r#"
            error 502 "node `answer` failed"
            end {"outcome":"failed"}
        "#]]);
    }

    async fn a_document_that_does_not_fit_is_a_status(subject: Subject) {
        let reply = subject.post("/support/stream", r#"{"text": 7}"#).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{reply:?}");
    }
}

#[tokio::test]
async fn a_stream_in_which_nothing_comes_is_kept_alive() {
    let options = Options::new().keep_alive(Duration::from_millis(20));
    let subject = Subject::with(Host::Memory, options).await;
    let body = Body::from(r#"{"text": "why", "trick": "hold"}"#);
    let request = request(Method::POST, "/support/stream", &[], body);
    let response = subject
        .app
        .clone()
        .oneshot(request)
        .await
        .expect("it cannot fail");
    let mut frames = response.into_body().into_data_stream();
    for _ in 0..3 {
        let frame = frames.next().await.expect("a frame").expect("it is whole");
        assert_eq!(&*frame, b":\n\n");
    }
    drop(frames);
    subject.held.are(0).await;
}

#[tokio::test]
async fn a_reader_that_takes_nothing_loses_its_trace() {
    let options = Options::new().stall(Duration::from_millis(100));
    let subject = Subject::with(Host::Memory, options).await;
    let body = Body::from(r#"{"text": "why", "trick": "chatter"}"#);
    let request = request(Method::POST, "/support/stream", &[], body);
    let response = subject
        .app
        .clone()
        .oneshot(request)
        .await
        .expect("it cannot fail");
    subject.held.are(1).await;
    // Nobody polls the body meanwhile.
    subject.held.are(0).await;
    assert_eq!(subject.running.load().in_flight, 0);
    drop(response);
}
