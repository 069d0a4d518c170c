//! The error of a response: by its status, and by what the server says.

use std::time::Duration;

use serde_json::{Value, json};

use crate::error::ModelError;

/// The longest text of a server that is shown.
const LONGEST: usize = 500;

/// Words of servers for messages that are too long: OpenAI and vLLM; llama.cpp and Ollama; others.
const TOO_LONG: [&str; 6] = [
    "maximum context length",
    "context size",
    "context window",
    "context length",
    "prompt is too long",
    "input is too long",
];

/// What a server says about an error.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    message: String,
    /// The kind, as a word: `code`, or `type`.
    words: String,
}

impl Said {
    /// Reads the body of a response. Servers write it in several shapes.
    pub(super) fn in_body(body: &str) -> Self {
        match serde_json::from_str::<Value>(body) {
            Ok(value) => match value.get("error") {
                Some(error) => Self::of(error),
                None => Self::of(&value),
            },
            Err(_) => Self {
                message: excerpt(body),
                words: String::new(),
            },
        }
    }

    pub(super) fn of(error: &Value) -> Self {
        let text = |name: &str| error[name].as_str().unwrap_or_default();
        let message = match (error.as_str(), text("message"), &error["detail"]) {
            (Some(text), ..) => text.to_owned(),
            (_, "", Value::String(detail)) => detail.clone(),
            (_, "", _) if *error == json!({}) => String::new(),
            (_, "", _) => error.to_string(),
            (_, message, _) => message.to_owned(),
        };
        Self {
            message: excerpt(&message),
            words: format!("{} {}", text("code"), text("type")),
        }
    }

    fn is_too_long(&self) -> bool {
        let message = self.message.to_lowercase();
        let has_word = |word: &str| self.words.contains(word);
        has_word("context_length_exceeded")
            || has_word("exceed_context_size_error")
            || TOO_LONG.iter().any(|words| message.contains(words))
    }
}

/// The error of a status, and of what was said with it.
pub(super) fn error_of(status: u16, wait: Option<Duration>, said: Said) -> ModelError {
    let is_too_long = said.is_too_long();
    let is_unpaid = said.words.contains("insufficient_quota");
    let said = said.message;
    match status {
        429 if is_unpaid => ModelError::Rejected { status, said },
        429 => ModelError::Throttled { wait, said },
        413 => ModelError::ContextTooLong { said },
        400..500 if is_too_long => ModelError::ContextTooLong { said },
        408 | 409 | 425 | 500.. => ModelError::ServerFailed { status, wait, said },
        300..400 => ModelError::Rejected {
            status,
            said: "it leads elsewhere; set the address that it leads to".to_owned(),
        },
        _ => ModelError::Rejected { status, said },
    }
}

/// The beginning of a text, on one line.
fn excerpt(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.is_empty() => "it does not say why".to_owned(),
        None => line,
    }
}
