//! What the model may choose: one of the tools, or to finish.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The model's choice. Its schema is the grammar that the model answers in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum Action {
    /// Searches the handbook.
    Search { query: String },
    /// Calculates a sum such as `3 * 5 + 0.5`.
    Calculate { sum: String },
    /// Fetches a page of the web.
    Fetch { url: String },
    /// Sends a mail, if a human approves it.
    Send(Mail),
    /// Answers the question.
    Finish { answer: String },
}

/// A mail, with all that it is sent with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) text: String,
}

impl Action {
    /// The name of the tool.
    pub(crate) fn tool(&self) -> &'static str {
        match self {
            Self::Search { .. } => "Search",
            Self::Calculate { .. } => "Calculate",
            Self::Fetch { .. } => "Fetch",
            Self::Send(_) => "Send",
            Self::Finish { .. } => "Finish",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Search { query } => write!(f, "search `{query}`"),
            Self::Calculate { sum } => write!(f, "calculate {sum}"),
            Self::Fetch { url } => write!(f, "fetch {url}"),
            Self::Send(mail) => write!(f, "send {mail}"),
            Self::Finish { answer } => write!(f, "finish: {answer}"),
        }
    }
}

impl fmt::Display for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" to {}", self.text, self.to)
    }
}
