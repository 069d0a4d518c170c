//! Requests that mean no good: each is a problem of the client's, with one sentence.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode};
use expect_test::{Expect, expect};
use futures_util::{StreamExt, stream};
use penguiflow_serve::Options;

use crate::support::{Host, Reply, Subject, over_both, request};

const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn check(reply: &Reply, expected: Expect) {
    assert_eq!(
        reply.header("content-type"),
        Some("application/problem+json"),
        "{reply:?}"
    );
    expected.assert_eq(&format!(
        "{}: {}",
        reply.status.as_u16(),
        reply.json()["detail"].as_str().unwrap_or_default()
    ));
}

over_both! {
    async fn a_body_that_is_too_large(subject: Subject) {
        let body = format!(r#"{{"text": "{}"}}"#, "a".repeat(1 << 20));
        for path in ["/support/run", "/support/stream", "/support/emit"] {
            let reply = subject.post(path, body.clone()).await;
            check(&reply, expect!["413: the body is larger than 1048576 bytes"]);
        }
    }

    async fn a_body_without_end(subject: Subject) {
        let bytes = Bytes::from_static(&[b' '; 4096]);
        let chunks = stream::repeat(bytes).map(Ok::<_, Infallible>);
        let reply = subject.post("/support/run", Body::from_stream(chunks)).await;
        check(&reply, expect!["413: the body is larger than 1048576 bytes"]);
    }

    async fn a_body_that_breaks_off(subject: Subject) {
        let chunks = stream::iter([Ok("{\"text\":"), Err(std::io::Error::other("reset"))]);
        let reply = subject.post("/support/run", Body::from_stream(chunks)).await;
        check(&reply, expect!["400: the body broke off"]);
    }

    async fn broken_utf_8(subject: Subject) {
        let reply = subject.post("/support/run", &b"{\"text\": \"\xff\xfe\"}"[..]).await;
        check(&reply, expect!["400: the document does not fit `Question` at `text`: invalid unicode code point at line 1 column 11"]);
    }

    async fn no_json(subject: Subject) {
        let reply = subject.post("/support/run", "{\"text\": ").await;
        check(&reply, expect!["400: the document does not fit `Question` at `text`: EOF while parsing a value at line 1 column 9"]);
        let reply = subject.post("/support/emit", "").await;
        check(&reply, expect!["400: the document does not fit `Question`: EOF while parsing a value at line 1 column 0"]);
    }

    async fn a_nesting_without_end(subject: Subject) {
        let reply = subject.post("/support/run", "[".repeat(100_000)).await;
        assert!(reply.status.is_client_error(), "{reply:?}");
        let deep = format!(r#"{{"text": "a", "more": {}}}"#, "[".repeat(100_000));
        let reply = subject.post("/support/run", deep).await;
        assert!(reply.status.is_client_error(), "{reply:?}");
    }

    async fn a_wrong_type_and_an_unknown_field(subject: Subject) {
        let reply = subject.post("/support/run", r#"{"text": 7}"#).await;
        check(&reply, expect!["422: the document does not fit `Question` at `text`: invalid type: integer `7`, expected a string at line 1 column 10"]);
        let reply = subject.post("/support/run", r#"{"text": "a", "admin": true}"#).await;
        check(&reply, expect!["422: the document does not fit `Question` at `admin`: unknown field `admin`, expected `text` or `trick` at line 1 column 21"]);
    }

    async fn a_body_that_does_not_say_that_it_is_json(subject: Subject) {
        for path in ["/support/run", "/support/stream", "/support/emit"] {
            let form = Request::post(path).header("content-type", "text/plain");
            let reply = subject.send(form.body(Body::from(r#"{"text": "a"}"#)).expect("a request")).await;
            check(&reply, expect!["415: the body must be JSON: `content-type: application/json`"]);
        }
    }

    async fn headers_that_are_not_as_they_should_be(subject: Subject) {
        let send = async |name, value| {
            subject.post_with("/support/emit", &[(name, value)], r#"{"text": "a"}"#).await
        };
        check(&send("x-request-timeout", "soon").await, expect!["400: the header `x-request-timeout` is seconds such as `30` or `0.5`, or `500ms`, `30s`, `2m`"]);
        assert_eq!(send("x-request-timeout", "0").await.status, StatusCode::BAD_REQUEST);
        check(&send("grpc-timeout", "99999999999S").await, expect!["400: the header `grpc-timeout` is at most 8 digits and a unit, one of `H`, `M`, `S`, `m`, `u`, `n`"]);
        check(&send("x-tenant", "caf\u{e9}").await, expect!["400: the header `x-tenant` is not plain text"]);
        check(&send("idempotency-key", "").await, expect!["400: the header `Idempotency-Key` is a text of 1 to 255 plain characters"]);
        let long = "k".repeat(256);
        assert_eq!(send("idempotency-key", &long).await.status, StatusCode::BAD_REQUEST);
        // As the standard has it, a broken one is as good as none.
        assert_eq!(send("traceparent", "00-zz").await.status, StatusCode::ACCEPTED);
    }

    async fn ids_that_are_none_and_ids_of_nothing(subject: Subject) {
        check(&subject.get("/support/traces/7").await, expect!["400: a trace's id: a trace id is 32 hexadecimal digits, not all zero"]);
        check(&subject.get("/support/traces/%ff").await, expect!["400: the path is no UTF-8"]);
        let reply = subject.get(&format!("/support/traces/{ID}")).await;
        assert_eq!((reply.status, &reply.json()["kind"]), (StatusCode::NOT_FOUND, &"unknown_trace".into()));
        let reply = subject.delete(&format!("/support/traces/{ID}")).await;
        assert_eq!((reply.status, &reply.json()["kind"]), (StatusCode::NOT_FOUND, &"unknown_trace".into()));
        let reply = subject.post(&format!("/support/traces/{ID}/resume"), "true").await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{reply:?}");
        let retry = format!("/support/traces/{ID}/retry");
        assert_eq!(subject.post(&retry, "true").await.status, StatusCode::NOT_FOUND);
        let reply = subject.post(&retry, "").await;
        assert!(reply.status.is_client_error(), "{reply:?}");
    }

    async fn forged_steps(subject: Subject) {
        let id = subject.emit(r#"{"text": "why", "trick": "approve"}"#).await;
        subject.reaches(&id, "parked").await;
        let place = format!("/support/traces/{id}/resume");
        let reply = subject.post(&format!("{place}?step=1234"), r#"{"approved": true}"#).await;
        check(&reply, expect![[r#"400: `step`: invalid value: string "1234", expected 16 hexadecimal digits"#]]);
        let reply = subject.post(&format!("{place}?step=00f067aa0ba902b7"), r#"{"approved": true}"#).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{reply:?}");
        let reply = subject.post(&place, "{").await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{reply:?}");
        subject.reaches(&id, "parked").await;
    }

    async fn queries_that_are_not_as_they_should_be(subject: Subject) {
        check(&subject.get("/support/traces?states=failed").await, expect!["400: there is no parameter `states`: those that there are, are `state`, `search`, `before`, `limit`"]);
        check(&subject.get("/support/parked?limit=-1").await, expect!["400: `limit`: invalid digit found in string"]);
        let reply = subject.get("/support/traces?state=lost").await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{reply:?}");
    }

    async fn routes_and_methods_that_there_are_not(subject: Subject) {
        check(&subject.get("/support/admin").await, expect!["404: the flow has no such route: `/openapi.json` lists them"]);
        let reply = subject.get("/support/run").await;
        check(&reply, expect!["405: the route has another method: the header `Allow` names it"]);
        assert_eq!(reply.header("allow"), Some("POST"));
    }
}

#[tokio::test]
async fn a_body_that_does_not_come() {
    let options = Options::new().body_timeout(Duration::from_millis(50));
    let subject = Subject::with(Host::Memory, options).await;
    let body = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    let reply = subject
        .send(request(Method::POST, "/support/run", &[], body))
        .await;
    check(&reply, expect!["408: the body did not come within 50ms"]);
}
