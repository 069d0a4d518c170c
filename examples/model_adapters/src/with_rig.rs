//! A model of rig as a model of PenguiFlow: that of any provider that rig knows.

use std::sync::Arc;

use penguiflow_llm::{Answer, AnswerSchema, ChatMessage, Dialect, Finish, ModelFn, Request, Role};
use rig_core::completion::{
    AssistantContent, CompletionModel, CompletionResponse, FinishReason, Message,
};
use schemars::Schema;

/// A model that a completion model of rig answers for.
pub fn rig<M: CompletionModel + 'static>(model: M, name: &str) -> ModelFn {
    let model = Arc::new(model);
    ModelFn::new(name, move |request: Request| {
        let model = Arc::clone(&model);
        async move {
            let mut messages: Vec<_> = request.chat.messages.into_iter().map(message).collect();
            let last = messages.pop().unwrap_or_else(|| Message::user(""));
            let completion = model
                .completion_request(last)
                .messages(messages)
                .temperature_opt(request.temperature)
                .max_tokens_opt(request.max_tokens)
                .output_schema_opt(request.schema.and_then(output_schema));
            completion.send().await.map(answer)
        }
    })
}

fn output_schema(schema: AnswerSchema) -> Option<Schema> {
    let mut rewritten = schema.in_dialect(Dialect::OpenAi).schema;
    // rig takes the name of the shape from here.
    rewritten["title"] = schema.name.into();
    Schema::try_from(rewritten).ok()
}

fn message(message: ChatMessage) -> Message {
    match message.role {
        Role::System => Message::system(message.content),
        Role::User => Message::user(message.content),
        Role::Assistant => Message::assistant(message.content),
    }
}

fn answer(response: CompletionResponse) -> Answer {
    let finish = match response.finish_reason() {
        Some(FinishReason::Length) => Finish::Length,
        Some(FinishReason::ContentFilter) => Finish::ContentFilter,
        _ => Finish::Stop,
    };
    let texts = response.choice.iter().filter_map(|content| match content {
        AssistantContent::Text(text) => Some(text.text.as_str()),
        _ => None,
    });
    let text: String = texts.collect();
    let usage = response.usage;
    Answer::from(text).finish(finish).usage(usage.input_tokens, usage.output_tokens)
}
