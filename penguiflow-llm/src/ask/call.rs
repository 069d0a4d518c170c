//! One call of a model: its deltas go to the reader of the trace and become the whole answer.

use futures_util::StreamExt;
use penguiflow::Ctx;

use super::charge::Charge;
use crate::delta::{Delta, Finish, Usage};
use crate::error::ModelError;
use crate::model::Model;
use crate::request::Request;

/// The stream of chunks that has what a model thinks before it answers.
const THINKING: &str = "thinking";

/// How a model is called.
pub(super) struct Call<'a> {
    pub(super) model: &'a dyn Model,
    pub(super) ctx: &'a Ctx,
    /// The name of the stream of chunks.
    pub(super) stream: String,
    /// The kind of the chunks, or nothing.
    kind: &'static str,
    pub(super) is_quiet: bool,
}

/// A whole answer.
pub(super) struct Whole {
    pub(super) text: String,
    pub(super) usage: Usage,
}

/// What has come of an answer.
#[derive(Default)]
struct Received {
    text: String,
    refusal: String,
    finish: Option<Finish>,
}

impl<'a> Call<'a> {
    pub(super) fn new(model: &'a dyn Model, ctx: &'a Ctx, kind: &'static str) -> Self {
        Self {
            model,
            ctx,
            stream: String::new(),
            kind,
            is_quiet: false,
        }
    }

    /// Asks, and waits for the whole answer.
    pub(super) async fn whole(&self, mut request: Request) -> Result<Whole, ModelError> {
        let left = self.ctx.tokens_left();
        if left == Some(0) {
            return Err(ModelError::NoTokensLeft);
        }
        let is_budget = left.is_some_and(|left| request.max_tokens.is_none_or(|most| left < most));
        if is_budget {
            request.max_tokens = left;
        }
        let limit = request.max_tokens;
        let mut charge = Charge::new(self.ctx, request.estimated_tokens());
        let received = self.receive(request, &mut charge).await?;
        let usage = charge.usage();
        tracing::debug!(
            model = self.model.name(),
            input_tokens = usage.input,
            output_tokens = usage.output,
            "a model answered"
        );
        let text = received.answer(limit, is_budget)?;
        Ok(Whole { text, usage })
    }

    async fn receive(
        &self,
        request: Request,
        charge: &mut Charge<'_>,
    ) -> Result<Received, ModelError> {
        let mut received = Received::default();
        let mut deltas = self.model.stream(request);
        while let Some(delta) = deltas.next().await {
            let delta = delta?;
            charge.count(&delta);
            match delta {
                Delta::Text(text) => {
                    received.text.push_str(&text);
                    self.send(text, &self.stream, self.kind).await;
                }
                Delta::Thinking(text) => self.send(text, THINKING, "").await,
                Delta::Refusal(text) => received.refusal.push_str(&text),
                Delta::Finish(finish) => received.finish = Some(finish),
                Delta::Usage(_) => {}
            }
        }
        Ok(received)
    }

    async fn send(&self, text: String, stream: &str, kind: &'static str) {
        if self.is_quiet || text.is_empty() {
            return;
        }
        let chunk = self.ctx.chunk(text).stream(stream);
        match kind {
            "" => chunk.await,
            kind => chunk.kind(kind).await,
        }
    }
}

impl Received {
    /// The answer's text, if it is a whole one.
    fn answer(self, limit: Option<u64>, is_budget: bool) -> Result<String, ModelError> {
        let Self {
            text,
            refusal,
            finish,
        } = self;
        match finish {
            _ if !refusal.is_empty() => Err(ModelError::Refused { said: refusal }),
            None => Err(ModelError::Broken {
                said: "it ended before its end".to_owned(),
            }),
            Some(Finish::Length) => Err(ModelError::CutByLength {
                text,
                limit,
                is_budget,
            }),
            Some(Finish::ContentFilter) => Err(ModelError::Withheld),
            Some(Finish::Stop | Finish::Other(_)) => Ok(text),
        }
    }
}
