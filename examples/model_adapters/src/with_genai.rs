//! genai as a model: that of any provider that it knows.

use genai::Client;
use genai::chat::{
    ChatMessage, ChatOptions, ChatRequest, ChatResponse, JsonSpec, StopReason, Usage,
};
use penguiflow_llm::{Answer, Dialect, Finish, ModelFn, Request, Role};

/// A model that a client of genai asks.
pub fn genai(client: Client, model: &str) -> ModelFn {
    let name = model.to_owned();
    ModelFn::new(model, move |request: Request| {
        let (client, name) = (client.clone(), name.clone());
        async move {
            let options = options(&request);
            let messages = request.chat.messages.into_iter().map(message).collect();
            let chat = ChatRequest::from_messages(messages);
            let response = client.exec_chat(name.as_str(), chat, Some(&options)).await;
            response.map(answer)
        }
    })
}

fn options(request: &Request) -> ChatOptions {
    let mut options = ChatOptions::default().with_stop_sequences(request.stop.clone());
    options.temperature = request.temperature;
    options.max_tokens = request
        .max_tokens
        .map(|most| most.try_into().unwrap_or(u32::MAX));
    options.seed = request.seed;
    if let Some(schema) = &request.schema {
        let rewritten = schema.in_dialect(Dialect::OpenAi).schema;
        options = options.with_response_format(JsonSpec::new(schema.name.clone(), rewritten));
    }
    options
}

fn message(message: penguiflow_llm::ChatMessage) -> ChatMessage {
    match message.role {
        Role::System => ChatMessage::system(message.content),
        Role::User => ChatMessage::user(message.content),
        Role::Assistant => ChatMessage::assistant(message.content),
    }
}

fn answer(response: ChatResponse) -> Answer {
    let finish = match response.stop_reason {
        Some(StopReason::MaxTokens(_)) => Finish::Length,
        Some(StopReason::ContentFilter(_)) => Finish::ContentFilter,
        _ => Finish::Stop,
    };
    let usage = tokens(&response.usage);
    let answer = Answer::from(response.into_first_text().unwrap_or_default()).finish(finish);
    match usage {
        Some((input, output)) => answer.usage(input, output),
        None => answer,
    }
}

fn tokens(usage: &Usage) -> Option<(u64, u64)> {
    let count = |tokens: i32| u64::try_from(tokens).ok();
    Some((
        count(usage.prompt_tokens?)?,
        count(usage.completion_tokens?)?,
    ))
}
