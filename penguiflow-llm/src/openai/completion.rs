//! The JSON of answers, whole ones and chunks of streams, as the servers write it.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::refusal::{Said, error_of};
use crate::delta::{Delta, Finish, Usage};
use crate::error::ModelError;

/// A whole completion, or a chunk of one. Servers leave out what they do not have, or write `null`.
#[derive(Deserialize)]
struct Completion {
    #[serde(default, deserialize_with = "null_is_empty")]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Tokens>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: u64,
    /// In chunks.
    #[serde(default)]
    delta: Option<Piece>,
    /// In whole completions.
    #[serde(default)]
    message: Option<Piece>,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Piece {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default, alias = "reasoning")]
    reasoning_content: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

fn null_is_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Choice>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The deltas of a completion or a chunk.
///
/// # Errors
///
/// If it is no completion, or the server reports an error in it.
pub(super) fn deltas(json: &str) -> Result<Vec<Delta>, ModelError> {
    let completion: Completion = serde_json::from_str(json).map_err(|error| broken(&error))?;
    if let Some(error) = completion.error.filter(|error| !error.is_null()) {
        return Err(error_in_stream(&error));
    }
    let mut deltas = Vec::new();
    for choice in completion
        .choices
        .into_iter()
        .filter(|choice| choice.index == 0)
    {
        if let Some(piece) = choice.delta.or(choice.message) {
            add(&mut deltas, piece.reasoning_content, Delta::Thinking);
            add(&mut deltas, piece.content, Delta::Text);
            add(&mut deltas, piece.refusal, Delta::Refusal);
        }
        let reason = choice.finish_reason.filter(|reason| !reason.is_empty());
        deltas.extend(reason.map(|reason| Delta::Finish(finish(reason))));
    }
    let usage = completion.usage;
    let usage = usage.map(|tokens| Usage::new(tokens.prompt_tokens, tokens.completion_tokens));
    deltas.extend(usage.map(Delta::Usage));
    Ok(deltas)
}

fn add(deltas: &mut Vec<Delta>, text: Option<String>, delta: fn(String) -> Delta) {
    deltas.extend(text.filter(|text| !text.is_empty()).map(delta));
}

fn finish(reason: String) -> Finish {
    match reason.as_str() {
        "stop" => Finish::Stop,
        "length" => Finish::Length,
        "content_filter" => Finish::ContentFilter,
        _ => Finish::Other(reason),
    }
}

/// An error in place of a chunk: the status had been sent as a success.
fn error_in_stream(error: &Value) -> ModelError {
    let status = error["code"]
        .as_u64()
        .and_then(|code| u16::try_from(code).ok());
    let status = status
        .filter(|code| (400..600).contains(code))
        .unwrap_or(500);
    error_of(status, None, Said::of(error))
}

fn broken(error: &serde_json::Error) -> ModelError {
    ModelError::Broken {
        said: format!("what the server sent is no completion: {error}"),
    }
}
