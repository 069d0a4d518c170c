//! What each route does with a flow on Restate.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::web::Web;

const SMALL: &str = r#"{"number": 7, "amount": 30}"#;
const LARGE: &str = r#"{"number": 8, "amount": 300}"#;
const STUCK: &str = r#"{"number": 13, "amount": 30}"#;
const NOTHING: &str = r#"{"number": 7, "amount": 0}"#;

#[tokio::test]
async fn a_message_is_run_and_its_output_is_the_answer() {
    let Some(web) = Web::start().await else {
        return;
    };
    let reply = web.post("/refunds/run", SMALL).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let receipt = json!({ "number": 7, "paid": 30, "note": "at once" });
    assert_eq!(reply.json(), receipt);

    let failed = web.post("/refunds/run", NOTHING).await;
    assert_eq!(failed.status, StatusCode::BAD_GATEWAY, "{failed:?}");
    assert_eq!(failed.json()["detail"], "node `check` failed");
}

/// Protects clients from traces that can only fail: the server itself would take any document.
#[tokio::test]
async fn a_document_that_does_not_fit_begins_no_trace() {
    let Some(web) = Web::start().await else {
        return;
    };
    for route in ["run", "stream", "emit"] {
        let path = format!("/refunds/{route}");
        let unfit = web.post(&path, r#"{"number": "7"}"#).await;
        assert_eq!(unfit.status, StatusCode::UNPROCESSABLE_ENTITY, "{unfit:?}");
        let broken = web.post(&path, "{").await;
        assert_eq!(broken.status, StatusCode::BAD_REQUEST, "{broken:?}");
    }
}

#[tokio::test]
async fn chunks_come_before_the_output_and_the_end() {
    let Some(web) = Web::start().await else {
        return;
    };
    let reply = web.post("/refunds/stream", SMALL).await;
    let mut events = reply.events();
    events.retain(|(name, data)| *name != "chunk" || data["text"] != "");
    for (name, data) in &mut events {
        if *name == "chunk" {
            *data = json!([data["node"], data["text"]]);
        }
    }
    let receipt = json!({ "number": 7, "paid": 30, "note": "at once" });
    let wanted = [
        ("chunk", json!(["check", "checking 7"])),
        ("chunk", json!(["pay", "paying"])),
        ("output", receipt),
        ("end", json!({ "outcome": "completed" })),
    ];
    assert_eq!(events, wanted);
}

#[tokio::test]
async fn an_error_is_a_problem_before_the_end() {
    let Some(web) = Web::start().await else {
        return;
    };
    let reply = web.post("/refunds/stream", NOTHING).await;
    let events = reply.events();
    let [.., (error, problem), end] = &*events else {
        panic!("an error and the end: {events:?}");
    };
    assert_eq!((*error, &problem["status"]), ("error", &json!(502)));
    assert_eq!(problem["detail"], "node `check` failed");
    assert_eq!(*end, ("end", json!({ "outcome": "failed" })));
}

#[tokio::test]
async fn an_emitted_message_is_asked_for_by_its_place() {
    let Some(web) = Web::start().await else {
        return;
    };
    let reply = web.post("/refunds/emit", SMALL).await;
    assert_eq!(reply.status, StatusCode::ACCEPTED, "{reply:?}");
    let place = reply.headers["location"].to_str().expect("a place");
    let trace = web
        .shows(place, |trace| trace["state"] == "completed")
        .await;
    assert_eq!(trace["id"], reply.json()["trace_id"]);
    assert_eq!(trace["outputs"][0]["paid"], 30);
}

#[tokio::test]
async fn a_trace_that_waits_is_resumed_with_what_it_waits_for() {
    let Some(web) = Web::start().await else {
        return;
    };
    let id = web.emit(LARGE).await;
    let trace = web.reaches(&id, "parked").await;
    assert_eq!(trace["parked_at"], json!(["await Approval"]));
    let parked = web.get("/refunds/parked").await.json();
    let required = json!(["approved", "by"]);
    assert_eq!(parked[0]["schema"]["required"], required, "{parked}");
    let step = parked[0]["step"].as_str().expect("a step");

    let place = format!("/refunds/traces/{id}/resume?step={step}");
    let wrong = web.post(&place, r#"{"approved": "yes"}"#).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    assert!(wrong.text.contains("`Approval` at `approved`"), "{wrong:?}");
    let approval = r#"{"approved": true, "by": "Ada"}"#;
    let given = web.post(&place, approval).await;
    assert_eq!(given.status, StatusCode::NO_CONTENT, "{given:?}");
    let trace = web.reaches(&id, "completed").await;
    assert_eq!(trace["outputs"][0]["note"], "by Ada");
    let again = web.post(&place, approval).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "{again:?}");
}

#[tokio::test]
async fn a_trace_is_cancelled() {
    let Some(web) = Web::start().await else {
        return;
    };
    let id = web.emit(STUCK).await;
    web.bank.keeps(1).await;
    let place = format!("/refunds/traces/{id}");
    let cancelled = web.delete(&place).await;
    assert_eq!(cancelled.status, StatusCode::NO_CONTENT, "{cancelled:?}");
    web.bank.keeps(0).await;
    web.reaches(&id, "cancelled").await;
    let again = web.delete(&place).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "{again:?}");
}

#[tokio::test]
async fn a_client_that_leaves_its_stream_cancels_the_trace() {
    let Some(web) = Web::start().await else {
        return;
    };
    let response = web.response(Method::POST, "/refunds/stream", STUCK).await;
    let id = response.headers()["x-trace-id"].to_str();
    let id = id.expect("an id").to_owned();
    web.bank.keeps(1).await;
    drop(response);
    web.bank.keeps(0).await;
    web.reaches(&id, "cancelled").await;
}

#[tokio::test]
async fn the_inspector_lists_the_traces_and_counts_them() {
    let Some(web) = Web::start().await else {
        return;
    };
    let (small, large) = (web.emit(SMALL).await, web.emit(LARGE).await);
    let failed = web.emit(NOTHING).await;
    let page = |path: &str| format!("/refunds/inspector/api/{path}");
    for (state, id) in [
        ("completed", &small),
        ("parked", &large),
        ("failed", &failed),
    ] {
        let path = page(&format!("traces?state={state}"));
        let list = web
            .shows(&path, |page| page["traces"][0]["id"] == **id)
            .await;
        assert_eq!(list["traces"].as_array().map(Vec::len), Some(1), "{list}");
    }
    let trace = web.get(&page(&format!("traces/{large}"))).await.json();
    let form = &trace["forms"][0];
    assert_eq!(form["node"], "await Approval", "{trace}");
    assert_eq!(form["schema"]["required"], json!(["approved", "by"]));
    let trace = web.get(&page(&format!("traces/{failed}"))).await.json();
    assert_eq!(trace["error"]["node"], "check", "{trace}");
    let counts = json!({ "completed": 1, "parked": 1, "failed": 1, "cancelled": 0 });
    let is_counted = |figures: &Value| {
        let mut counts = counts.as_object().into_iter().flatten();
        counts.all(|(state, traces)| figures["states"][state] == *traces)
    };
    web.shows(&page("figures"), is_counted).await;
}
