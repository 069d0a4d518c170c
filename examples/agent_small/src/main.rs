//! An agent: a model chooses, and the tools are the arms of a `match`.

use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;
use std::sync::Arc;

/// What the model may choose: its schema is the grammar that the model answers in.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
enum Action {
    /// Adds numbers.
    Add { numbers: Vec<f64> },
    /// Answers the question.
    Finish { answer: String },
}

#[node(timeout = "30s", retries = 2)]
async fn decide(
    chat: Chat,
    State(model): State<Arc<dyn Model>>,
    ctx: Ctx,
) -> Result<(Action, Chat), ModelError> {
    let action: Action = model.ask(&ctx, &chat).await?;
    let chat = chat.chose(&action);
    Ok((action, chat))
}

#[node]
async fn add((numbers, chat): (Vec<f64>, Chat)) -> Chat {
    chat.found("Add", &numbers.iter().sum::<f64>())
}

#[node]
async fn finish(answer: String) -> String {
    answer
}

#[tokio::main]
async fn main() -> Result<(), FlowError> {
    let agent = flow! {
        decide -> match {
            (Action::Add { numbers }, chat) => add((numbers, chat)) -> decide,
            (Action::Finish { answer }, _) => finish(answer),
        }
    };
    let scripted = [
        "{\"Add\": {\"numbers\": [40.5, 1.5]}}",
        "{\"Finish\": {\"answer\": \"It is 42.\"}}",
    ];
    let model = match OpenAi::from_env("gpt-5-mini") {
        Ok(model) => model.shared(),
        Err(_) => FakeModel::answers(scripted).shared(), // without a key: answers by a script
    };
    let answer = agent
        .with_state(model)
        .run(Chat::from("What is 40.5 + 1.5?"))
        .await?;
    println!("{answer}");
    Ok(())
}
