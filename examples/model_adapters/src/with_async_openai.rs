//! async-openai as a model.

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::types::chat::{
    ChatCompletionRequestAssistantMessageContent, ChatCompletionRequestMessage,
    ChatCompletionRequestSystemMessageContent, ChatCompletionRequestUserMessageContent,
    CreateChatCompletionRequest, CreateChatCompletionResponse, FinishReason, ResponseFormat,
    ResponseFormatJsonSchema, StopConfiguration,
};
use penguiflow_llm::{Answer, ChatMessage, Dialect, Finish, ModelError, ModelFn, Request, Role};

/// A model that a client of async-openai asks.
pub fn async_openai(client: Client<OpenAIConfig>, model: &str) -> ModelFn {
    let name = model.to_owned();
    ModelFn::new(model, move |request: Request| {
        let (client, name) = (client.clone(), name.clone());
        async move {
            let response = client.chat().create(body(name, request)).await;
            response.map(answer).map_err(error)
        }
    })
}

fn body(model: String, request: Request) -> CreateChatCompletionRequest {
    let format = request.schema.map(|schema| {
        let rewritten = schema.in_dialect(Dialect::OpenAi);
        ResponseFormat::JsonSchema {
            json_schema: ResponseFormatJsonSchema {
                name: schema.name,
                strict: Some(rewritten.is_strict),
                schema: rewritten.schema,
                description: None,
            },
        }
    });
    CreateChatCompletionRequest {
        model,
        messages: request.chat.messages.into_iter().map(message).collect(),
        response_format: format,
        max_completion_tokens: request
            .max_tokens
            .map(|most| most.try_into().unwrap_or(u32::MAX)),
        temperature: request.temperature.map(|temperature| temperature as f32),
        stop: (!request.stop.is_empty()).then_some(StopConfiguration::StringArray(request.stop)),
        ..Default::default()
    }
}

fn message(message: ChatMessage) -> ChatCompletionRequestMessage {
    use ChatCompletionRequestMessage::{Assistant, System, User};
    let text = message.content;
    match message.role {
        Role::System => System(ChatCompletionRequestSystemMessageContent::from(text).into()),
        Role::User => User(ChatCompletionRequestUserMessageContent::from(text).into()),
        Role::Assistant => {
            Assistant(ChatCompletionRequestAssistantMessageContent::from(text).into())
        }
    }
}

fn answer(response: CreateChatCompletionResponse) -> Answer {
    let usage = response.usage;
    let choice = response.choices.into_iter().next();
    let finish = choice.as_ref().and_then(|choice| choice.finish_reason);
    let message = choice.map(|choice| choice.message);
    let (text, refusal) =
        message.map_or((None, None), |message| (message.content, message.refusal));
    let answer = match refusal {
        Some(refusal) => Answer::refused(refusal),
        None => Answer::from(text.unwrap_or_default()),
    };
    let answer = answer.finish(match finish {
        Some(FinishReason::Length) => Finish::Length,
        Some(FinishReason::ContentFilter) => Finish::ContentFilter,
        _ => Finish::Stop,
    });
    match usage {
        Some(usage) => answer.usage(usage.prompt_tokens.into(), usage.completion_tokens.into()),
        None => answer,
    }
}

/// A request that is refused is not tried again; other errors are.
fn error(error: OpenAIError) -> ModelError {
    match error {
        OpenAIError::InvalidArgument(said) => ModelError::Setup { said },
        error => ModelError::of(error),
    }
}
