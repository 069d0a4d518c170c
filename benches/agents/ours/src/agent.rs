//! The agent.

use std::sync::Arc;

use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) enum Action {
    /// Adds two numbers.
    Add { a: i64, b: i64 },
    /// Answers the question.
    Finish { answer: String },
}

#[node(timeout = "30s", retries = 2)]
pub(crate) async fn decide(
    chat: Chat,
    State(model): State<Arc<dyn Model>>,
    ctx: Ctx,
) -> Result<(Action, Chat), ModelError> {
    let action = model.ask(&ctx, &chat).await?;
    let chat = chat.chose(&action);
    Ok((action, chat))
}

#[node]
pub(crate) async fn add((a, b, chat): (i64, i64, Chat)) -> Chat {
    chat.found("Add", &(a + b))
}

#[node]
pub(crate) async fn finish(answer: String) -> String {
    answer
}

flow! {
    #[flow(hops = 32)]
    pub(crate) struct Agent(Chat) -> String;

    decide -> match {
        (Action::Add { a, b }, chat) => add((a, b, chat)) -> decide,
        (Action::Finish { answer }, _) => finish(answer),
    };
}
