//! The conventions for generative AI, with and without them.

use penguiflow::prelude::*;
use penguiflow_otel::gen_ai::{self, GenAi};

use crate::{Done, Subject};

#[node]
async fn draft(prompt: String) -> String {
    gen_ai::chat("openai", "gpt-5", 12, 3);
    prompt
}

#[node]
async fn weather(city: String) -> String {
    gen_ai::execute_tool("forecast");
    city
}

flow! { struct Writes(String) -> String; draft -> weather; }

#[tokio::test]
async fn on() -> Done {
    let subject = Subject::start(GenAi::On)?;
    Writes::flow().run("Antarctica".to_owned()).await?;
    let spans = subject.received()?;
    let [draft, weather, flow] = &spans[..] else {
        panic!("{spans:?}")
    };
    assert_eq!(flow.name, "invoke_workflow Writes");
    assert_eq!(flow.get("gen_ai.operation.name"), "invoke_workflow");
    assert_eq!(flow.get("gen_ai.agent.name"), "Writes");
    assert_eq!((&*draft.name, draft.get("node")), ("chat gpt-5", "draft"));
    assert_eq!(draft.get("gen_ai.operation.name"), "chat");
    assert_eq!(draft.get("gen_ai.provider.name"), "openai");
    assert_eq!(draft.get("gen_ai.request.model"), "gpt-5");
    assert_eq!(draft.get("gen_ai.usage.input_tokens"), "12");
    assert_eq!(draft.get("gen_ai.usage.output_tokens"), "3");
    assert_eq!(weather.name, "execute_tool forecast");
    assert_eq!(weather.get("gen_ai.tool.name"), "forecast");
    Ok(())
}

#[tokio::test]
async fn off() -> Done {
    let subject = Subject::start(GenAi::Off)?;
    Writes::flow().run("Antarctica".to_owned()).await?;
    let spans = subject.received()?;
    let names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    assert_eq!(names, ["draft", "weather", "Writes"]);
    let attributes = spans.iter().flat_map(|span| span.attributes.keys());
    assert_eq!(
        attributes.filter(|name| name.starts_with("gen_ai")).count(),
        0
    );
    Ok(())
}
