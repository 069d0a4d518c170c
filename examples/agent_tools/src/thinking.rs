//! The nodes that ask the model, and those that prepare and end what it does.

use std::sync::Arc;

use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;

use crate::action::Action;
use crate::memory::Memory;

/// The most tokens of an answer.
const ANSWER: u64 = 500;

/// About how many tokens a model reads that has said that it can read no more.
const SHORT: u64 = 1_000;

/// The agent's answer, and what it rests on.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) memory: Memory,
}

/// Begins with an empty memory.
#[node]
pub(crate) async fn begin(question: String) -> Memory {
    Memory::of(question)
}

flow! {
    /// Chooses the next action, with fewer messages if they are too long for the model.
    pub(crate) struct Decide(Memory) -> (Action, Memory);

    decide else decide_shortened;
}

/// Asks the model for the next action.
#[node(timeout = "60s", retries = 2, backoff = "100ms..2s", fallback_if = ModelError::is_context_too_long)]
pub(crate) async fn decide(
    memory: Memory,
    State(model): State<Arc<dyn Model>>,
    ctx: Ctx,
) -> Result<(Action, Memory), ModelError> {
    let action = choose(&model, memory.chat(), &ctx).await?;
    Ok((action, memory))
}

/// Takes over when the messages are too long for the model: the oldest are left out.
#[node(timeout = "60s", retries = 2, backoff = "100ms..2s")]
pub(crate) async fn decide_shortened(
    memory: Memory,
    State(model): State<Arc<dyn Model>>,
    ctx: Ctx,
) -> Result<(Action, Memory), ModelError> {
    let action = choose(&model, memory.chat().shortened(SHORT), &ctx).await?;
    Ok((action, memory))
}

/// Takes over when a budget is used up: the last answer. The model gives it, if there are tokens left.
#[node(timeout = "60s")]
pub(crate) async fn conclude(
    failed: Failed<Memory>,
    State(model): State<Arc<dyn Model>>,
    ctx: Ctx,
) -> Result<Answer, NodeError> {
    let Failed {
        input: memory,
        error,
    } = failed;
    let chat = memory
        .chat()
        .user("Answer now, in one sentence, with what you know.");
    let text = match error.kind {
        _ if !fits(&chat, &ctx) => None,
        ErrorKind::BudgetExhausted => model.complete(&ctx, chat).max_tokens(ANSWER).await.ok(),
        _ => return Err(error),
    };
    let text = text.unwrap_or_else(|| format!("I had to stop. What I found:\n{memory}"));
    Ok(Answer { text, memory })
}

/// Cuts what the memory has of older steps.
#[node]
pub(crate) async fn trim(memory: Memory) -> Memory {
    memory.trimmed()
}

/// Leaves the loop.
#[node]
pub(crate) async fn finish((text, memory): (String, Memory)) -> Answer {
    Answer { text, memory }
}

async fn choose(model: &Arc<dyn Model>, chat: Chat, ctx: &Ctx) -> Result<Action, ModelError> {
    if !fits(&chat, ctx) {
        return Err(ModelError::NoTokensLeft);
    }
    model
        .ask(ctx, chat)
        .max_tokens(ANSWER)
        .temperature(0.0)
        .await
}

/// Whether a question and its answer fit into the tokens that the trace has left.
fn fits(chat: &Chat, ctx: &Ctx) -> bool {
    let needed = chat.estimated_tokens() + ANSWER;
    ctx.tokens_left().is_none_or(|left| needed <= left)
}
