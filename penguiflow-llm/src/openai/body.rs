//! The JSON of a request, as chat completions take it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::chat::{Chat, ChatMessage, Role};
use crate::request::Request;
use crate::schema::{Dialect, DialectSchema, Ordered};

/// The JSON of a request to a server of this dialect. Parameters of the client's own take precedence.
pub(super) fn body(
    request: &Request,
    model: &str,
    dialect: Dialect,
    parameters: &Map<String, Value>,
) -> Result<Vec<u8>, serde_json::Error> {
    let schema = request.schema.as_ref();
    let schema = schema.map(|schema| (schema.name.as_str(), schema.in_dialect(dialect)));
    let mut messages = request.chat.messages.clone();
    if let (Some((_, schema)), Dialect::JsonObject | Dialect::Prompt) = (&schema, dialect) {
        tell(&mut messages, &schema.to_text());
    }
    let (newer, older) = match dialect {
        Dialect::OpenAi => (request.max_tokens, None),
        _ => (None, request.max_tokens),
    };
    let format = schema
        .as_ref()
        .and_then(|(name, schema)| format(name, schema, dialect));
    let body = Body {
        model,
        messages: &messages,
        stream: true,
        stream_options: StreamOptions {
            include_usage: true,
        },
        max_completion_tokens: newer,
        max_tokens: older,
        temperature: request.temperature,
        stop: &request.stop,
        seed: request.seed,
        response_format: format,
    };
    with_parameters(&body, parameters)
}

fn format<'a>(name: &'a str, schema: &'a DialectSchema, dialect: Dialect) -> Option<Format<'a>> {
    match dialect {
        Dialect::Prompt => None,
        Dialect::JsonObject => Some(Format::JsonObject),
        Dialect::OpenAi | Dialect::Grammar | Dialect::OneOf => Some(Format::JsonSchema {
            json_schema: JsonSchema {
                name,
                // Only OpenAI has rules for strict schemas. Others take it as "keep to the schema".
                strict: schema.is_strict || dialect != Dialect::OpenAi,
                schema: Ordered(&schema.schema),
            },
        }),
    }
}

/// Adds the schema to the instructions, for servers that take none by itself.
fn tell(messages: &mut Vec<ChatMessage>, schema: &str) {
    let text = format!("Answer with nothing but JSON that fits this schema: {schema}");
    match messages.first_mut() {
        Some(first) if first.role == Role::System => {
            first.content = format!("{}\n\n{text}", first.content);
        }
        _ => messages
            .splice(..0, Chat::system(text).messages)
            .for_each(drop),
    }
}

/// The body, with the parameters at its end. The order of what it has stays: it is written, not sorted.
fn with_parameters(
    body: &Body<'_>,
    parameters: &Map<String, Value>,
) -> Result<Vec<u8>, serde_json::Error> {
    let mut json = serde_json::to_vec(body)?;
    for (name, value) in parameters {
        json.pop();
        json.push(b',');
        serde_json::to_writer(&mut json, name)?;
        json.push(b':');
        serde_json::to_writer(&mut json, value)?;
        json.push(b'}');
    }
    Ok(json)
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: &'a [ChatMessage],
    stream: bool,
    stream_options: StreamOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Format<'a>>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Format<'a> {
    JsonObject,
    JsonSchema { json_schema: JsonSchema<'a> },
}

#[derive(Serialize)]
struct JsonSchema<'a> {
    name: &'a str,
    strict: bool,
    schema: Ordered<'a>,
}
