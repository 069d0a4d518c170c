//! A completion model of rig as a model: that of any provider that rig knows.

use std::sync::Arc;

use penguiflow_llm::{Answer, AnswerSchema, ChatMessage, Dialect, Finish, ModelFn, Request, Role};
use rig::DynModel;
use rig::completion::{CompletionRequest, CompletionResponse, FinishReason, Message};
use rig::operation::Completion;
use schemars::Schema;

/// A model that a completion model of rig answers for: `rig(model.erase(), "gpt-5-mini")`.
pub fn rig(model: DynModel<Completion>, name: &str) -> ModelFn {
    let model = Arc::new(model);
    ModelFn::new(name, move |request: Request| {
        let model = Arc::clone(&model);
        async move { model.call(completion(request)).await.map(answer) }
    })
}

fn completion(request: Request) -> CompletionRequest {
    let messages = request.chat.messages.into_iter().map(message);
    let mut completion = CompletionRequest::new("");
    completion.chat_history = messages.collect();
    completion.temperature = request.temperature;
    completion.max_tokens = request.max_tokens;
    completion.output_schema = request.schema.and_then(output_schema);
    completion
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
    let answer = Answer::from(response.text()).finish(finish);
    match (response.usage.input_tokens, response.usage.output_tokens) {
        (Some(input), Some(output)) => answer.usage(input, output),
        _ => answer,
    }
}
