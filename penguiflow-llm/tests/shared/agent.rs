//! An agent whose tools are the arms of a `match`.

use std::sync::Arc;

use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the model may choose.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) enum Action {
    Search { query: String, limit: Option<u8> },
    Calculate { terms: Vec<i32>, operator: Operator },
    Finish(String),
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) enum Operator {
    Add,
    Times,
}

#[node(retries = 2, backoff = "1ms", jitter = false)]
pub(crate) async fn decide(
    chat: Chat,
    State(model): State<Arc<dyn Model>>,
    ctx: Ctx,
) -> Result<(Action, Chat), ModelError> {
    let action = model.ask::<Action>(&ctx, &chat).await?;
    let chat = chat.chose(&action);
    Ok((action, chat))
}

#[node]
pub(crate) async fn search((query, chat): (String, Chat)) -> Chat {
    chat.found("Search", &[query])
}

#[node]
pub(crate) async fn calculate((terms, chat): (Vec<i32>, Chat)) -> Chat {
    chat.found("Calculate", &terms)
}

#[node]
pub(crate) async fn finish(answer: String) -> String {
    answer
}

flow! {
    /// An agent with two tools.
    pub(crate) struct Agent(Chat) -> String;

    decide -> match {
        (Action::Search { query, .. }, chat) => search((query, chat)) -> decide,
        (Action::Calculate { terms, .. }, chat) => calculate((terms, chat)) -> decide,
        (Action::Finish(answer), _) => finish(answer),
    };
}

/// A flow with this model.
pub(crate) fn agent(model: Arc<dyn Model>) -> Flow<Agent, Arc<dyn Model>> {
    Agent::flow().with_state(model)
}
