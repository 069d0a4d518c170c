//! The client of the models: a server that speaks OpenAI's chat completions, streamed.

use std::net::SocketAddr;
use std::time::Duration;

use handbook::Passage;
use hyper::header::{CONTENT_TYPE, RETRY_AFTER};
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use penguiflow::prelude::*;
use serde::Deserialize;
use serde_json::json;

use crate::nodes::Prompt;
use crate::sse::Events;

/// The models of a server.
#[derive(Clone)]
pub(crate) struct Models {
    client: legacy::Client<HttpConnector, String>,
    server: SocketAddr,
}

/// Why a model did not answer, and whether to ask it again.
#[derive(Debug, thiserror::Error, Retryable)]
pub(crate) enum ModelError {
    #[after(wait)]
    #[error("the model is busy")]
    Busy { wait: Option<Duration> },
    #[retry]
    #[error("the model's server answered {0}")]
    Server(StatusCode),
    #[fatal]
    #[error("the model refused the prompt: {0}")]
    Refused(StatusCode),
    #[retry]
    #[error("the model cannot be reached")]
    Unreachable(#[from] legacy::Error),
    #[retry]
    #[error("the model's answer cannot be read")]
    Unreadable(#[from] hyper::Error),
    #[retry]
    #[error("the model's answer broke off")]
    BrokeOff,
    #[fatal]
    #[error("the model's server speaks another protocol")]
    Protocol(#[from] serde_json::Error),
}

/// A piece of a model's answer, or the bill.
#[derive(Deserialize)]
struct Piece {
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Delta,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    total_tokens: u64,
}

impl ModelError {
    /// Whether another model may answer: not a prompt that this one has refused.
    pub(crate) fn is_outage(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }

    fn of(status: StatusCode, headers: &HeaderMap) -> Self {
        let seconds = || headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok();
        match status {
            StatusCode::TOO_MANY_REQUESTS => Self::Busy {
                wait: seconds().map(Duration::from_secs),
            },
            status if status.is_client_error() => Self::Refused(status),
            status => Self::Server(status),
        }
    }
}

impl Models {
    pub(crate) fn of(server: SocketAddr) -> Self {
        let client = legacy::Client::builder(TokioExecutor::new()).build_http();
        Self { client, server }
    }

    /// A model's answer, whose pieces go to the reader of the trace as they come.
    pub(crate) async fn complete(
        &self,
        model: &str,
        prompt: &Prompt,
        ctx: &Ctx,
    ) -> Result<String, ModelError> {
        let response = self
            .client
            .request(self.request(model, prompt, ctx))
            .await?;
        if !response.status().is_success() {
            return Err(ModelError::of(response.status(), response.headers()));
        }
        let mut events = Events::of(response.into_body());
        let mut text = String::new();
        while let Some(event) = events.next().await? {
            if event.data == "[DONE]" {
                return Ok(text);
            }
            let piece: Piece = serde_json::from_str(&event.data)?;
            ctx.spend_tokens(piece.usage.map_or(0, |usage| usage.total_tokens));
            for content in piece.choices.into_iter().filter_map(|c| c.delta.content) {
                text += &content;
                ctx.chunk(content).await;
            }
        }
        Err(ModelError::BrokeOff)
    }

    fn request(&self, model: &str, prompt: &Prompt, ctx: &Ctx) -> Request<String> {
        let body = json!({
            "model": model,
            "stream": true,
            "stream_options": { "include_usage": true },
            "messages": [
                { "role": "system", "content": instructions(&prompt.passages) },
                { "role": "user", "content": prompt.question },
            ],
        });
        Request::post(format!("http://{}/v1/chat/completions", self.server))
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", ctx.idempotency_key())
            .body(body.to_string())
            .expect("an address and a trace's id are valid in a request")
    }
}

fn instructions(passages: &[Passage]) -> String {
    let passage = |passage: &Passage| format!("\n\n## {}\n{}", passage.place(), passage.text);
    let passages: String = passages.iter().map(passage).collect();
    format!("Answer from these passages of the handbook.{passages}")
}
