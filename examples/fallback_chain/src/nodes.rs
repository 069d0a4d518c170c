//! The three models. None of them knows of the others.

use std::net::SocketAddr;
use std::string::FromUtf8Error;

use handbook::{Hit, Index};
use http_body_util::BodyExt;
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use penguiflow::prelude::*;

/// What somebody wants to know. All models are given the same one, so it is taken by reference
/// and never copied.
#[derive(Debug)]
pub(crate) struct Question(pub(crate) String);

/// An answer, and the name of the model.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) by: &'static str,
    pub(crate) text: String,
}

/// What the models need.
#[derive(Clone, FromRef)]
pub(crate) struct App {
    index: Index,
    models: Models,
}

/// The models that are called over HTTP.
#[derive(Clone)]
pub(crate) struct Models {
    client: legacy::Client<HttpConnector, String>,
    server: SocketAddr,
}

impl App {
    pub(crate) fn new(index: Index, server: SocketAddr) -> Self {
        let client = legacy::Client::builder(TokioExecutor::new()).build_http();
        let models = Models { client, server };
        Self { index, models }
    }
}

/// Why a model did not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("the request is wrong: {0}")]
    Request(#[from] hyper::http::Error),
    #[error("the server cannot be called: {0}")]
    Call(#[from] legacy::Error),
    #[error("the server answered {0}")]
    Status(StatusCode),
    #[error("the answer broke off: {0}")]
    Body(#[from] hyper::Error),
    #[error("the answer is not text: {0}")]
    Text(#[from] FromUtf8Error),
}

/// The dearest: tried twice.
#[node(timeout = "400ms", retries = 1, backoff = "50ms")]
pub(crate) async fn large(
    question: &Question,
    State(models): State<Models>,
) -> Result<Answer, CallError> {
    let text = models.ask("large", question).await?;
    Ok(Answer { by: "large", text })
}

/// Cheaper, and not worth a long wait.
#[node(timeout = "200ms")]
pub(crate) async fn small(
    question: &Question,
    State(models): State<Models>,
) -> Result<Answer, CallError> {
    let text = models.ask("small", question).await?;
    Ok(Answer { by: "small", text })
}

/// No passage has a word of the question.
#[derive(Debug, thiserror::Error)]
#[error("no passage has a word of \"{0}\": ask in other words, or search another folder")]
pub(crate) struct NothingFound(String);

/// Free and always available: the passage that fits best, unchanged.
#[node(blocking, timeout = "1s")]
pub(crate) fn offline(
    Question(question): Question,
    State(index): State<Index>,
) -> Result<Answer, NothingFound> {
    let best = index.search(&question, 1).pop();
    let Hit { passage, .. } = best.ok_or(NothingFound(question))?;
    let text = format!("{}\n{}", passage.place(), passage.text);
    Ok(Answer {
        by: "offline",
        text,
    })
}

impl Models {
    async fn ask(&self, model: &str, question: &Question) -> Result<String, CallError> {
        let uri = format!("http://{}/{model}", self.server);
        let request = Request::post(uri).body(question.0.clone())?;
        let response = self.client.request(request).await?;
        if !response.status().is_success() {
            return Err(CallError::Status(response.status()));
        }
        let body = response.into_body().collect().await?;
        Ok(String::from_utf8(body.to_bytes().into())?)
    }
}
