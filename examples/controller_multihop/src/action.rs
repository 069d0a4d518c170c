//! What the model may choose: one of the tools, or to finish.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The model's choice: `{"tool": "search", "query": "retries"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "tool", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Action {
    /// Finds the places in the handbook that fit some words best.
    Search { query: String },
    /// Reads the passage at a place that a search has found.
    Read { place: String },
    /// Calculates a sum of products.
    Calculate { sum: String },
    /// Answers.
    Finish { answer: String },
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Search { query } => write!(f, "search `{query}`"),
            Self::Read { place } => write!(f, "read {place}"),
            Self::Calculate { sum } => write!(f, "calculate {sum}"),
            Self::Finish { .. } => f.write_str("finish"),
        }
    }
}
