//! The routes of the flow, called without a socket.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use penguiflow_serve::routes;
use serde_json::Value;
use tokio::time::timeout;
use tower::ServiceExt;

use crate::host::Host;
use crate::refunds::Bank;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Web {
    app: Router,
    pub(crate) bank: Bank,
    _host: Host,
}

/// A response that is whole.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The events of a stream, each with its data.
    pub(crate) fn events(&self) -> Vec<(&str, Value)> {
        let events = self.text.split_terminator("\n\n").map(|event| {
            let (name, data) = event.split_once('\n').expect("a name and data");
            let data = data.strip_prefix("data: ").expect("data");
            let name = name.strip_prefix("event: ").expect("a name");
            (name, serde_json::from_str(data).expect("JSON"))
        });
        events.collect()
    }
}

impl Web {
    /// `None` where the server cannot be had.
    pub(crate) async fn start() -> Option<Self> {
        let host = Host::start().await?;
        let routes = routes("refunds", host.running.clone());
        let routes = routes.inspector(host.inspector.clone());
        Some(Self {
            app: Router::new().merge(routes.open()),
            bank: host.bank.clone(),
            _host: host,
        })
    }

    /// The begin of a response: its body is still to come.
    pub(crate) async fn response(&self, method: Method, path: &str, body: &str) -> Response {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("content-type", "application/json");
        let request = request.body(Body::from(body.to_owned()));
        let asked = self.app.clone().oneshot(request.expect("a request"));
        let response = timeout(PATIENCE, asked).await.expect("an answer");
        response.expect("it cannot fail")
    }

    async fn send(&self, method: Method, path: &str, body: &str) -> Reply {
        let (head, body) = self.response(method, path, body).await.into_parts();
        let body = timeout(PATIENCE, body.collect()).await;
        let body = body.expect("the body ends").expect("it is whole");
        Reply {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8(body.to_bytes().into()).expect("UTF-8"),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Reply {
        self.send(Method::POST, path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, "").await
    }

    /// Begins a trace that nobody waits for. Returns its id.
    pub(crate) async fn emit(&self, body: &str) -> String {
        let reply = self.post("/refunds/emit", body).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{reply:?}");
        reply.json()["trace_id"].as_str().expect("an id").to_owned()
    }

    /// Asks until the answer is as wanted: what the server lists is behind what it does.
    pub(crate) async fn shows(&self, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = None;
        let shown = timeout(PATIENCE, async {
            loop {
                let reply = last.insert(self.get(path).await);
                if reply.status == StatusCode::OK && is_wanted(&reply.json()) {
                    return reply.json();
                }
            }
        });
        let shown = shown.await;
        shown.unwrap_or_else(|_| panic!("{path} is never so: {last:?}"))
    }

    /// Waits until a trace is in this state.
    pub(crate) async fn reaches(&self, id: &str, state: &str) -> Value {
        let path = format!("/refunds/traces/{id}");
        self.shows(&path, |trace| trace["state"] == state).await
    }
}
