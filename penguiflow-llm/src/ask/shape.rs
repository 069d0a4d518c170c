//! Reads a typed answer out of the text that a model wrote, and says what is wrong with it.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::chat::Chat;
use crate::schema::AnswerSchema;

/// The answer, or what is wrong with it.
pub(crate) fn read<T: DeserializeOwned>(
    text: &str,
    schema: Option<&AnswerSchema>,
) -> Result<T, String> {
    let value = match json_part(text) {
        "" => return Err("the answer is empty".to_owned()),
        json => serde_json::from_str(json).map_err(|error| format!("no JSON: {error}"))?,
    };
    let wrapper = schema.and_then(AnswerSchema::wrapper);
    let value = match wrapper {
        Some(wrapper) => unwrapped(value, wrapper),
        None => value,
    };
    serde_path_to_error::deserialize(value).map_err(|error| match error.path().to_string() {
        path if path == "." => error.inner().to_string(),
        path => format!("at `{path}`: {}", error.inner()),
    })
}

/// The conversation that shows the model what is wrong with its answer.
pub(super) fn corrected(chat: Chat, answer: String, said: &str) -> Chat {
    let correction = format!(
        "That answer does not have the right shape: {said}. Answer again, with nothing but JSON \
         that fits the schema."
    );
    chat.assistant(answer).user(correction)
}

/// The answer in the object that a server wanted around it.
fn unwrapped(value: Value, wrapper: &str) -> Value {
    match value {
        Value::Object(mut map) if map.len() == 1 && map.contains_key(wrapper) => {
            map.remove(wrapper).unwrap_or_default()
        }
        value => value,
    }
}

/// The text without thoughts before it, and without a fence of Markdown around it.
fn json_part(text: &str) -> &str {
    let text = text.trim();
    let thought = text.strip_prefix("<think>");
    let text = match thought.and_then(|text| text.split_once("</think>")) {
        Some((_, answer)) => answer.trim(),
        None => text,
    };
    let fenced = text
        .strip_prefix("```")
        .and_then(|text| text.strip_suffix("```"));
    match fenced {
        Some(inner) => inner
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .trim(),
        None => text,
    }
}
