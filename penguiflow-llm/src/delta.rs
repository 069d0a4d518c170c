//! What a model sends while it answers.

use std::fmt;
use std::pin::Pin;

use futures_util::Stream;
use serde::{Deserialize, Serialize};

use crate::error::ModelError;

/// A model's answer on its way: deltas, or the error that ends it.
pub type DeltaStream = Pin<Box<dyn Stream<Item = Result<Delta, ModelError>> + Send>>;

/// A piece of a model's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Delta {
    /// A piece of the answer's text.
    Text(String),
    /// A piece of what the model thinks before it answers, where the server shows it.
    Thinking(String),
    /// A piece of the reason why the model does not answer.
    Refusal(String),
    /// The answer has ended. A stream that ends without it is a broken one.
    Finish(Finish),
    /// The tokens that the answer took. A later one replaces it.
    Usage(Usage),
}

/// Why a model has stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finish {
    /// The answer is complete.
    Stop,
    /// The answer was cut: it has as many tokens as it may have.
    Length,
    /// The server withheld the answer for its content.
    ContentFilter,
    /// Another reason, as the server names it.
    Other(String),
}

/// The tokens of an answer.
///
/// ```
/// use penguiflow_llm::Usage;
///
/// assert_eq!(Usage::new(120, 30).total(), 150);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// Those of the messages and the schema.
    pub input: u64,
    /// Those of the answer, and of the thoughts before it.
    pub output: u64,
    /// Whether they are estimated, since the server reported none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_estimated: bool,
}

impl Usage {
    /// The usage that a server reports.
    pub fn new(input: u64, output: u64) -> Self {
        Self {
            input,
            output,
            is_estimated: false,
        }
    }

    /// All tokens.
    pub fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }
}

impl std::ops::Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            output: self.output.saturating_add(other.output),
            is_estimated: self.is_estimated || other.is_estimated,
        }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = if self.is_estimated { "about " } else { "" };
        write!(f, "{about}{} + {} tokens", self.input, self.output)
    }
}
