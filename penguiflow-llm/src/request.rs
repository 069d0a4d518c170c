//! What a model is asked for.

use serde::{Deserialize, Serialize};

use crate::chat::Chat;
use crate::schema::AnswerSchema;

/// A request to a model. It is plain data without any key, so it can be recorded.
///
/// `model.ask` and `model.complete` make it; a [`Model`](crate::Model) of your own reads it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Request {
    /// The messages.
    pub chat: Chat,
    /// The shape of the answer. Without it, the answer is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<AnswerSchema>,
    /// The most tokens that the answer may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// How freely the model chooses its words, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Texts that end the answer where the model would write them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    /// Asks for the same answer each time, where the server knows how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

impl Request {
    /// A request for text.
    pub fn new(chat: impl Into<Chat>) -> Self {
        Self {
            chat: chat.into(),
            ..Self::default()
        }
    }

    /// The text of the last message, for rules that answer.
    pub fn last(&self) -> &str {
        self.chat
            .messages
            .last()
            .map_or("", |message| &message.content)
    }

    /// About how many tokens the request takes.
    pub(crate) fn estimated_tokens(&self) -> u64 {
        let schema = self
            .schema
            .as_ref()
            .map_or(0, AnswerSchema::estimated_tokens);
        self.chat.estimated_tokens() + schema
    }
}
