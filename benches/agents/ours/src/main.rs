//! The agent of the page on agents, as a flow.

mod agent;

use std::sync::Arc;

use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;
use turns::{Fault, TURNS};

use agent::Agent;

struct Running(Flow<Agent, Arc<dyn Model>>);

impl turns::Agent for Running {
    async fn run(&self) -> Result<String, String> {
        let chat = Chat::system("You add numbers.").user("Count!");
        self.0.run(chat).await.map_err(|error| error.to_string())
    }
}

/// A model without latency, which counts what was added by the messages.
fn model(fault: Fault) -> ModelFn {
    ModelFn::new("fake", move |request: Request| async move {
        let answers = request
            .chat
            .messages
            .iter()
            .filter(|message| message.role == Role::Assistant);
        let count = answers.count() as i64;
        let text = match (fault, count) {
            (Fault::UnknownTool, 0) => r#"{"Multiply":{"a":1,"b":1}}"#.to_owned(),
            (Fault::WrongArgument, 0) => r#"{"Add":{"a":"one","b":1}}"#.to_owned(),
            _ if count < TURNS - 1 => format!(r#"{{"Add":{{"a":{count},"b":1}}}}"#),
            _ => format!(r#"{{"Finish":{{"answer":"{count}"}}}}"#),
        };
        Ok::<_, std::io::Error>(Answer::from(text).usage(100, 10))
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let make = |fault| Running(Agent::flow().with_state(model(fault).shared()));
    turns::main(env!("CARGO_PKG_VERSION"), make).await
}
