//! The flow that is served, and its clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use penguiflow::prelude::*;
use penguiflow::{AnyRunning, ErasedRunning};
use penguiflow_serve::{Options, routes};
use penguiflow_sqlite::Sqlite;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    text: String,
    #[serde(default)]
    trick: Trick,
}

/// What becomes of a question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Trick {
    #[default]
    None,
    Fail,
    Throttle,
    Panic,
    Filter,
    /// Waits for an approval.
    Approve,
    /// Runs until it is dropped.
    Hold,
    /// Sends chunks without end.
    Chatter,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Answer {
    pub(crate) text: String,
    words: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Approval {
    approved: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Topic {
    Plain(Question),
    Delicate(Question),
}

#[derive(Debug, thiserror::Error, penguiflow::Retryable)]
enum Fault {
    #[error("no route to 10.0.0.7")]
    #[fatal]
    NoRoute(#[source] std::io::Error),
    #[error("too many requests")]
    #[after(0)]
    Throttled(Duration),
}

/// How many visits run that are held.
#[derive(Debug, Clone, Default)]
pub(crate) struct Held(Arc<AtomicUsize>);

impl Held {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// Waits until so many visits are held.
    pub(crate) async fn are(&self, visits: usize) {
        let all = async {
            while self.count() != visits {
                sleep(Duration::from_millis(2)).await;
            }
        };
        let come = timeout(PATIENCE, all).await;
        come.unwrap_or_else(|_| panic!("{} visits are held, not {visits}", self.count()));
    }

    fn one(&self) -> One {
        self.0.fetch_add(1, Ordering::SeqCst);
        One(self.clone())
    }
}

struct One(Held);

impl Drop for One {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[node]
async fn triage(question: Question) -> Topic {
    match question.trick {
        Trick::Approve => Topic::Delicate(question),
        _ => Topic::Plain(question),
    }
}

#[node]
async fn answer(
    question: Question,
    State(held): State<Held>,
    ctx: Ctx,
) -> Result<Option<Answer>, Fault> {
    match question.trick {
        Trick::Fail => Err(Fault::NoRoute(std::io::ErrorKind::NotConnected.into())),
        Trick::Throttle => Err(Fault::Throttled(Duration::from_secs(7))),
        Trick::Panic => panic!("the answer is 42"),
        Trick::Filter => Ok(None),
        Trick::Hold => {
            let _one = held.one();
            std::future::pending().await
        }
        Trick::Chatter => {
            let _one = held.one();
            loop {
                ctx.chunk("word ".repeat(2000)).await;
            }
        }
        _ => {
            for word in question.text.split_whitespace() {
                ctx.chunk(word).await;
            }
            Ok(Some(answered(question)))
        }
    }
}

#[node]
async fn review(question: Question) -> Question {
    question
}

#[node]
async fn decide((question, approval): (Question, Approval)) -> Option<Answer> {
    approval.approved.then(|| answered(question))
}

fn answered(question: Question) -> Answer {
    let words = question.text.split_whitespace().map(str::to_owned);
    Answer {
        words: words.collect(),
        text: question.text,
    }
}

flow! {
    #[flow(durable)]
    pub(crate) struct Support(Question) -> Answer;

    triage -> match {
        Topic::Plain(question) => answer(question),
        Topic::Delicate(question) => review(question) -> await Approval -> decide,
    };
}

/// What runs the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    Memory,
    Store,
}

/// The flow as it is served.
pub(crate) struct Subject {
    pub(crate) app: Router,
    pub(crate) running: ErasedRunning,
    pub(crate) held: Held,
    pub(crate) host: Host,
    /// Where the store is.
    _folder: TempDir,
}

/// A response that is whole.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) async fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let body = timeout(PATIENCE, body.collect())
            .await
            .expect("the body ends");
        let bytes = body.expect("it is whole").to_bytes();
        Self {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8(bytes.into()).expect("UTF-8"),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

impl Subject {
    pub(crate) async fn start(host: Host) -> Self {
        Self::with(host, Options::new()).await
    }

    pub(crate) async fn with(host: Host, options: Options) -> Self {
        Self::of(host, options, |flow| flow).await
    }

    pub(crate) async fn of(
        host: Host,
        options: Options,
        change: impl FnOnce(Flow<Support, Held>) -> Flow<Support, Held>,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let held = Held::default();
        let flow = change(Support::flow().with_state(held.clone()));
        let running = match host {
            Host::Memory => flow.start().erase(),
            Host::Store => {
                let store = Sqlite::open(folder.path().join("store.db")).await;
                let started = store.expect("nobody else has it").start(flow).await;
                AnyRunning::erase(&started.expect("it starts"))
            }
        };
        let app = Router::new().merge(routes("support", running.clone()).options(options).open());
        Self {
            app,
            running,
            held,
            host,
            _folder: folder,
        }
    }

    /// The same, served otherwise.
    pub(crate) fn served_by(mut self, app: Router) -> Self {
        self.app = app;
        self
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let answered = timeout(PATIENCE, self.app.clone().oneshot(request)).await;
        Reply::of(answered.expect("an answer").expect("it cannot fail")).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        let request = Request::get(path).body(Body::empty());
        self.send(request.expect("a request")).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<Body>) -> Reply {
        self.post_with(path, &[], body).await
    }

    pub(crate) async fn post_with(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        self.send(request(Method::POST, path, headers, body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        let request = Request::delete(path).body(Body::empty());
        self.send(request.expect("a request")).await
    }

    /// Serves it on a free port until the test ends, and returns the address.
    pub(crate) async fn listen(&self) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it has one");
        let app = self.app.clone();
        tokio::spawn(async move { axum::serve(listener, app).await });
        address
    }

    /// Waits until a trace is in this state.
    pub(crate) async fn reaches(&self, id: &str, state: &str) -> Value {
        let seen = async {
            loop {
                let trace = self.get(&format!("/support/traces/{id}")).await;
                if trace.status == StatusCode::OK && trace.json()["state"] == state {
                    return trace.json();
                }
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, seen)
            .await
            .unwrap_or_else(|_| panic!("{id} is never {state}"))
    }

    /// Emits a question, and returns its trace.
    pub(crate) async fn emit(&self, body: &'static str) -> String {
        let reply = self.post("/support/emit", body).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{reply:?}");
        reply.json()["trace_id"].as_str().expect("an id").to_owned()
    }
}

pub(crate) fn request(
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    let request = request.header("content-type", "application/json");
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.body(body.into()).expect("a request")
}

/// A case that is run over both hosts.
macro_rules! over_both {
    ($(async fn $name:ident($subject:ident: Subject) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn case($subject: Subject) $body

            #[tokio::test]
            async fn in_memory() {
                case(Subject::start(Host::Memory).await).await;
            }

            #[tokio::test]
            async fn on_a_store() {
                case(Subject::start(Host::Store).await).await;
            }
        }
    )+};
}
pub(crate) use over_both;
