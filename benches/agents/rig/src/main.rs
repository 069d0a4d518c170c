//! The agent of the page on agents, with rig.

mod agent;

use futures_util::stream;
use rig::Agent;
use rig::completion::{CompletionRequest, CompletionResponse, Usage};
use rig::driver::{Exchange, Model, Opened, Opening, Transport};
use rig::message::{AssistantContent, Message, Origin, ToolCall, ToolFunction, ToolName};
use rig_core::test_utils::{MockFrame, MockScript};
use serde_json::{Value, json};
use turns::{Fault, TURNS};

struct Running(Agent);

impl turns::Agent for Running {
    async fn run(&self) -> Result<String, String> {
        let answer = self.0.prompt("Count!").await;
        let text = answer.map(|answer| answer.output());
        text.map_err(|error| error.to_string())
    }
}

/// A model without latency, which counts what was added by the messages: a transport, as in the crate's
/// example `runtime_model_routing`.
#[derive(Clone)]
struct Fake(Fault);

impl Transport<MockScript> for Fake {
    fn send(&self, request: CompletionRequest, _: Exchange) -> Opening<MockFrame> {
        let is_answer = |message: &&Message| matches!(message, Message::Assistant { .. });
        let count = request.chat_history.iter().filter(is_answer).count() as i64;
        let content = match (self.0, count) {
            (Fault::UnknownTool, 0) => call("multiply", count, json!({"a": 1, "b": 1})),
            (Fault::WrongArgument, 0) => call("add", count, json!({"a": "one", "b": 1})),
            _ if count < TURNS - 1 => call("add", count, json!({"a": count, "b": 1})),
            _ => AssistantContent::text(count.to_string()),
        };
        let usage = Usage::new().total_tokens(110);
        let origin = Origin::new("example.api", "fake", "");
        let response = CompletionResponse::new(vec![content], usage, origin, Value::Null);
        let frame = MockFrame::Response(Box::new(response));
        Opening::ready(Opened::new(stream::iter([Ok(frame)])))
    }
}

fn call(tool: &str, id: i64, arguments: Value) -> AssistantContent {
    let name = ToolName::new(tool).expect("it is a name");
    let function = ToolFunction::new(name, arguments);
    AssistantContent::ToolCall(ToolCall::from_wire(id.to_string(), function))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let make = |fault| {
        Running(agent::agent(Model::new(
            MockScript::new("fake"),
            Fake(fault),
        )))
    };
    turns::main("0.44.0", make).await
}
