//! What each route does.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{Host, Subject, over_both};

over_both! {
    async fn a_message_is_run_and_its_output_is_the_answer(subject: Subject) {
        let reply = subject.post("/support/run", r#"{"text": "why not"}"#).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.json(), json!({ "text": "why not", "words": ["why", "not"] }));
        assert_eq!(reply.header("x-trace-id").map(str::len), Some(32));
    }

    async fn an_emitted_message_is_asked_for_by_its_place(subject: Subject) {
        let reply = subject.post("/support/emit", r#"{"text": "why"}"#).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{reply:?}");
        let id = reply.json()["trace_id"].as_str().expect("an id").to_owned();
        let place = reply.header("location").expect("a place");
        assert_eq!(place, format!("/support/traces/{id}"));
        let trace = subject.reaches(&id, "completed").await;
        assert_eq!(trace["outputs"], json!([{ "text": "why", "words": ["why"] }]));
        let list = subject.get("/support/traces?state=completed").await.json();
        assert_eq!(list[0]["id"], json!(id));
        let list = subject.get("/support/traces?state=failed,parked").await.json();
        assert_eq!(list, json!([]));
    }

    async fn a_key_is_one_trace(subject: Subject) {
        let send = async |key, body| {
            let headers = [("idempotency-key", key), ("x-tenant", "acme")];
            subject.post_with("/support/emit", &headers, body).await
        };
        let why = r#"{"text": "why"}"#;
        let first = send("\"k1\"", why).await.json();
        assert_eq!(send("k1", why).await.json(), first);
        let trace = subject.reaches(first["trace_id"].as_str().expect("an id"), "completed").await;
        assert_eq!(trace["key"], "k1");
        assert_eq!(send("k1", why).await.json(), first);
        assert_ne!(send("k2", why).await.json(), first);
        let others = [("idempotency-key", "k1"), ("x-tenant", "initech")];
        let other = subject.post_with("/support/emit", &others, why).await;
        assert_ne!(other.json(), first);
    }

    async fn a_trace_that_waits_is_resumed_with_what_it_waits_for(subject: Subject) {
        let id = subject.emit(r#"{"text": "why", "trick": "approve"}"#).await;
        let trace = subject.reaches(&id, "parked").await;
        assert_eq!(trace["parked_at"], json!(["await Approval"]));
        let parked = subject.get("/support/parked").await.json();
        assert_eq!(parked[0]["trace_id"], json!(id));
        assert_eq!(parked[0]["schema"]["required"], json!(["approved"]));

        let place = format!("/support/traces/{id}/resume");
        let wrong = subject.post(&place, r#"{"approved": "yes"}"#).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(wrong.text.contains("`Approval` at `approved`"), "{wrong:?}");
        let step = parked[0]["step"].as_str().expect("a step");
        let given = subject.post(&format!("{place}?step={step}"), r#"{"approved": true}"#).await;
        assert_eq!(given.status, StatusCode::NO_CONTENT, "{given:?}");
        subject.reaches(&id, "completed").await;
        let again = subject.post(&place, r#"{"approved": true}"#).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "{again:?}");
    }

    async fn a_trace_is_cancelled(subject: Subject) {
        let id = subject.emit(r#"{"text": "why", "trick": "hold"}"#).await;
        subject.held.are(1).await;
        let place = format!("/support/traces/{id}");
        assert_eq!(subject.delete(&place).await.status, StatusCode::NO_CONTENT);
        subject.held.are(0).await;
        subject.reaches(&id, "cancelled").await;
        let again = subject.delete(&place).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "{again:?}");
        assert_eq!(again.json()["kind"], "unknown_trace");
    }

    async fn an_emitted_trace_that_fails_shows_where_and_not_why(subject: Subject) {
        let id = subject.emit(r#"{"text": "why", "trick": "fail"}"#).await;
        let state = match subject.host {
            Host::Memory => "failed",
            Host::Store => "dead",
        };
        let trace = subject.reaches(&id, state).await;
        assert_eq!(trace["error"]["node"], "answer");
        assert!(!trace.to_string().contains("10.0.0.7"), "{trace}");
    }

    async fn the_graph_is_data_and_a_picture(subject: Subject) {
        let graph = subject.get("/support/graph").await.json();
        assert_eq!(graph["name"], "Support");
        let picture = subject.get("/support/graph.svg").await;
        assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
        assert!(picture.text.starts_with("<svg"), "{}", picture.text);
    }
}

#[tokio::test]
async fn a_dead_trace_of_a_store_is_tried_again_with_another_input() {
    let subject = Subject::start(Host::Store).await;
    let id = subject.emit(r#"{"text": "why", "trick": "fail"}"#).await;
    subject.reaches(&id, "dead").await;
    let place = format!("/support/traces/{id}/retry");
    let reply = subject.post(&place, r#"{"text": "why"}"#).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{reply:?}");
    subject.reaches(&id, "completed").await;
}

#[tokio::test]
async fn a_key_that_was_used_for_another_body_is_refused_in_memory() {
    let subject = Subject::start(Host::Memory).await;
    let headers = [("idempotency-key", "k")];
    let first = subject
        .post_with("/support/emit", &headers, r#"{"text": "why"}"#)
        .await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    let other = subject
        .post_with("/support/emit", &headers, r#"{"text": "how"}"#)
        .await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.json()["kind"], "key_of_another");
}

#[tokio::test]
async fn results_in_memory_are_kept_up_to_a_number() {
    let options = penguiflow_serve::Options::new().kept_results(2);
    let subject = Subject::with(Host::Memory, options).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = subject.emit(r#"{"text": "why"}"#).await;
        if ids.len() < 2 {
            subject.reaches(&id, "completed").await;
        }
        ids.push(id);
    }
    subject.reaches(&ids[2], "completed").await;
    let first = subject.get(&format!("/support/traces/{}", ids[0])).await;
    assert_eq!(first.status, StatusCode::NOT_FOUND, "{first:?}");
    subject.reaches(&ids[1], "completed").await;
}
