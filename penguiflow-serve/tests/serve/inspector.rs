//! The inspector's page and what it reads, in memory and on a store.

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use penguiflow_serve::{Inspector, Options, routes};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::support::{Host, PATIENCE, Subject, over_both};

async fn inspected(subject: Host, inspector: Inspector) -> Subject {
    let observer = inspector.clone();
    let subject = Subject::of(subject, Options::new(), |flow| {
        flow.observe(observer).show_payloads()
    });
    let subject = subject.await;
    let served = routes("support", subject.running.clone()).inspector(inspector);
    let app = Router::new().merge(served.open());
    subject.served_by(app)
}

impl Subject {
    /// Reads what the page reads, until it is as wanted: an observer is behind its flow.
    async fn shows(&self, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let path = format!("/support/inspector/api/{path}");
        let seen = async {
            loop {
                let reply = self.get(&path).await;
                if reply.status == StatusCode::OK && is_wanted(&reply.json()) {
                    return reply.json();
                }
                sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        let shown = timeout(PATIENCE, seen).await;
        shown.unwrap_or_else(|_| panic!("{path} is never so"))
    }
}

over_both! {
    async fn the_page_and_its_files_have_a_strict_policy(subject: Subject) {
        let subject = inspected(subject.host, Inspector::new()).await;
        let page = subject.get("/support/inspector").await;
        assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, Some("text/html; charset=utf-8")));
        let mut files = vec!["/support/inspector".to_owned()];
        for part in page.text.split('"').filter(|part| part.starts_with("inspector/")) {
            files.push(format!("/support/{part}"));
        }
        assert_eq!(files.len(), 5, "the style, the script, and the sign twice");
        files.push("/support/inspector/trace.js".to_owned());
        files.push("/support/inspector/api/graph.svg".to_owned());
        for file in files {
            let reply = subject.get(&file).await;
            let policy = reply.header("content-security-policy").expect("a policy");
            assert_eq!(reply.status, StatusCode::OK, "{file}");
            assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"));
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        }
        let missing = subject.get("/support/inspector/..%2fmod.rs").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
    }

    async fn a_trace_that_failed_is_shown_with_all_its_causes(subject: Subject) {
        let subject = inspected(subject.host, Inspector::new()).await;
        let id = subject.emit(r#"{"text": "why", "trick": "fail"}"#).await;
        let state = match subject.host {
            Host::Memory => "failed",
            Host::Store => "dead",
        };
        let list = subject.shows(&format!("traces?state={state}"), |page| page["traces"] != json!([])).await;
        assert_eq!(list["traces"][0]["id"], json!(id));
        assert_eq!(list["next"], json!(null));
        let trace = subject.shows(&format!("traces/{id}"), |trace| trace["state"] == state).await;
        let error = &trace["error"];
        assert_eq!((&error["kind"], &error["node"]), (&json!("failed"), &json!("answer")), "{error}");
        assert!(error["message"].as_str().is_some_and(|text| text.contains("no route to 10.0.0.7")), "{error}");
        assert!(error["causes"].to_string().contains("not connected"), "{error}");
        let nodes: Vec<_> = trace["attempts"].as_array().expect("a list").iter().map(|past| past["node"].clone()).collect();
        assert_eq!(nodes, ["triage", "answer"]);
    }

    async fn payloads_are_shown_where_that_is_asked_for(subject: Subject) {
        let host = subject.host;
        for (inspector, is_shown) in [(Inspector::new(), false), (Inspector::new().payloads(), true)] {
            let subject = inspected(host, inspector).await;
            let id = subject.emit(r#"{"text": "<b>why</b>"}"#).await;
            let trace = subject.shows(&format!("traces/{id}"), |trace| trace["state"] == "completed").await;
            let outputs = json!([{ "text": "<b>why</b>", "words": ["<b>why</b>"] }]);
            let outputs = if is_shown { outputs } else { json!([]) };
            assert_eq!(trace["outputs"], outputs);
            assert_eq!(trace.get("input").is_some(), is_shown, "{trace}");
            let shown = |field: &str| -> Vec<_> {
                let attempts = trace["attempts"].as_array().expect("a list").iter();
                attempts.filter_map(|past| past.get(field)).cloned().collect()
            };
            let question = json!({ "text": "<b>why</b>", "trick": "none" });
            let (inputs, outputs) = match is_shown {
                true => (
                    vec![question.clone(), question.clone()],
                    vec![json!({ "Plain": question }), outputs[0].clone()],
                ),
                false => (Vec::new(), Vec::new()),
            };
            assert_eq!((shown("input"), shown("output")), (inputs, outputs), "{trace}");
        }
    }

    async fn what_waits_has_the_schema_of_its_form_and_is_resumed(subject: Subject) {
        let subject = inspected(subject.host, Inspector::new()).await;
        let id = subject.emit(r#"{"text": "why", "trick": "approve"}"#).await;
        let trace = subject.shows(&format!("traces/{id}"), |trace| trace["forms"] != json!([])).await;
        let form = &trace["forms"][0];
        assert_eq!((&form["node"], &form["schema"]["required"]), (&json!("await Approval"), &json!(["approved"])));
        let parked = subject.shows("parked", |parked| parked[0]["trace_id"] == json!(id)).await;
        assert_eq!(parked[0]["schema"], form["schema"]);
        let place = format!("/support/inspector/api/traces/{id}/resume");
        let wrong = subject.post(&place, r#"{"approved": 7}"#).await;
        assert!(wrong.text.contains("at `approved`"), "{wrong:?}");
        let given = subject.post(&place, r#"{"approved": true}"#).await;
        assert_eq!(given.status, StatusCode::NO_CONTENT, "{given:?}");
        subject.shows(&format!("traces/{id}"), |trace| trace["state"] == "completed").await;
        let figures = subject.shows("figures", |figures| {
            let nodes = figures["nodes"].as_array().cloned().unwrap_or_default();
            nodes.iter().any(|node| node["node"] == "decide" && node["visits"] == 1)
        });
        figures.await;
    }

    async fn the_figures_count_all_traces_by_state(subject: Subject) {
        let subject = inspected(subject.host, Inspector::new()).await;
        for trick in [
            r#"{"text": "why", "trick": "approve"}"#,
            r#"{"text": "why", "trick": "hold"}"#,
            r#"{"text": "why", "trick": "fail"}"#,
            r#"{"text": "why"}"#,
            r#"{"text": "why not"}"#,
        ] {
            subject.emit(trick).await;
        }
        let failed = match subject.host {
            Host::Memory => "failed",
            Host::Store => "dead",
        };
        let wanted = [("active", 1), ("parked", 1), (failed, 1), ("completed", 2), ("cancelled", 0)];
        let figures = subject.shows("figures", |figures| {
            wanted.iter().all(|(state, number)| figures["states"][state] == json!(number))
        });
        // A store does not tell what was filtered from what has failed.
        let tells = figures.await["states"].get("filtered").is_some();
        assert_eq!(tells, matches!(subject.host, Host::Memory));
    }

    async fn a_trace_is_cancelled_from_the_page(subject: Subject) {
        let subject = inspected(subject.host, Inspector::new()).await;
        let id = subject.emit(r#"{"text": "why", "trick": "hold"}"#).await;
        subject.held.are(1).await;
        let running = subject.shows("traces?state=active&search=", |page| page["traces"] != json!([]));
        assert_eq!(running.await["traces"][0]["id"], json!(id));
        let cancelled = subject.delete(&format!("/support/inspector/api/traces/{id}")).await;
        assert_eq!(cancelled.status, StatusCode::NO_CONTENT, "{cancelled:?}");
        subject.shows(&format!("traces/{id}"), |trace| trace["state"] == "cancelled").await;
    }

    async fn what_is_asked_wrongly_is_refused_with_a_sentence(subject: Subject) {
        let subject = inspected(subject.host, Inspector::new()).await;
        for path in ["traces?state=lost", "traces?limit=all", "traces?before=x", "traces?who=me", "traces/7"] {
            let reply = subject.get(&format!("/support/inspector/api/{path}")).await;
            assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path}: {reply:?}");
            assert!(reply.json()["detail"].as_str().is_some_and(|text| text.len() > 10), "{reply:?}");
        }
        let unknown = "/support/inspector/api/traces/4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(subject.get(unknown).await.status, StatusCode::NOT_FOUND);
        let playbook = subject.get("/support/inspector/api/graph.svg?playbook=Other").await;
        assert_eq!(playbook.status, StatusCode::NOT_FOUND);
    }
}

async fn nobody(_: axum::extract::Request, _: Next) -> Response {
    StatusCode::UNAUTHORIZED.into_response()
}

#[tokio::test]
async fn the_page_is_behind_the_guard_of_the_routes() {
    let subject = Subject::start(Host::Memory).await;
    let served = routes("support", subject.running.clone()).inspector(Inspector::new());
    let subject = subject.served_by(Router::new().merge(served.guard(from_fn(nobody))));
    for path in [
        "",
        "/app.js",
        "/flows.json",
        "/api/traces",
        "/api/events",
        "/api/graph.svg",
    ] {
        let reply = subject.get(&format!("/support/inspector{path}")).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

/// Lets those through who bring the name.
async fn by_name(name: &str, request: axum::extract::Request, next: Next) -> Response {
    match request.headers().get("x-name") {
        Some(brought) if brought == name => next.run(request).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

#[tokio::test]
async fn a_page_may_have_a_guard_of_its_own_in_place_of_that_of_the_routes() {
    let subject = Subject::start(Host::Store).await;
    let served = routes("support", subject.running.clone())
        .inspector(Inspector::new())
        .guard_page(from_fn(async |request, next| {
            by_name("staff", request, next).await
        }))
        .guard(from_fn(async |request, next| {
            by_name("program", request, next).await
        }));
    let subject = subject.served_by(Router::new().merge(served));
    let page = "/support/inspector/api/emit";
    for (path, guard) in [(page, "staff"), ("/support/emit", "program")] {
        for name in ["staff", "program", "nobody"] {
            let headers = [("x-name", name)];
            let reply = subject.post_with(path, &headers, r#"{"text": "why"}"#);
            let wanted = match name == guard {
                true => StatusCode::ACCEPTED,
                false => StatusCode::UNAUTHORIZED,
            };
            assert_eq!(reply.await.status, wanted, "{path} for {name}");
        }
    }
    for path in ["", "/app.js", "/api/traces", "/api/figures", "/api/events"] {
        let reply = subject.get(&format!("/support/inspector{path}")).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let headers = [("x-name", "program")];
    let retried = subject.post_with("/support/inspector/api/traces/7/retry", &headers, "");
    assert_eq!(retried.await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_flow_without_an_inspector_has_no_page() {
    let subject = Subject::start(Host::Memory).await;
    for path in ["", "/api/traces"] {
        let reply = subject.get(&format!("/support/inspector{path}")).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_page_leads_to_the_flows_beside_it() {
    let subject = Subject::start(Host::Memory).await;
    let flow = |name| routes(name, subject.running.clone());
    let first = flow("first").inspector(Inspector::new()).open();
    let second = flow("second").inspector(Inspector::new()).open();
    let app = Router::new().merge(first.and(second).and(flow("third").open()));
    let subject = subject.served_by(app);
    let flows = subject.get("/second/inspector/flows.json").await.json();
    let names: Vec<_> = flows
        .as_array()
        .expect("a list")
        .iter()
        .map(|flow| flow["name"].clone())
        .collect();
    assert_eq!(names, ["second", "first"]);
    assert_eq!(flows[1]["base"], "../first/inspector/api");
    assert_eq!(
        subject.get("/first/inspector/api/figures").await.status,
        StatusCode::OK
    );
}
