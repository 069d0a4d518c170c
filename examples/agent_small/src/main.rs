//! An agent: a model chooses, and the tools are the arms of a `match`.

use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;

/// What the model may choose: its schema is the grammar that the model answers in.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
enum Action {
    /// Adds numbers.
    Add { numbers: Vec<f64> },
    /// Answers the question.
    Finish { answer: String },
}

type Llm = std::sync::Arc<dyn Model>;

#[node(timeout = "30s", retries = 2)]
async fn decide(chat: Chat, llm: State<Llm>, ctx: Ctx) -> Result<(Action, Chat), ModelError> {
    let action: Action = llm.0.ask(&ctx, &chat).await?;
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
    let script = [
        r#"{"Add": {"numbers": [40.5, 1.5]}}"#,
        r#"{"Finish": {"answer": "It is 42."}}"#,
    ];
    let scripted = |_| FakeModel::answers(script).shared(); // answers where there is no key
    let model = OpenAi::from_env("gpt-5-mini").map_or_else(scripted, ModelExt::shared);
    let question = Chat::from("What is 40.5 + 1.5?");
    println!("{}", agent.with_state(model).run(question).await?);
    Ok(())
}
