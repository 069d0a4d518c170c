//! How a trace failed, as its row has it.

use serde::{Deserialize, Serialize};

/// How a trace, or a step of it, failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TraceError {
    /// The kind of failure: `timed_out`. Empty where the store has a text alone.
    #[serde(default)]
    pub kind: String,
    /// The node that failed.
    #[serde(default)]
    pub node: Option<String>,
    /// The node with the playbooks that it stands in: `Support/search`.
    #[serde(default)]
    pub path: Option<String>,
    /// How many attempts it was given.
    #[serde(default)]
    pub attempts: u32,
    /// The failure in one sentence.
    #[serde(default)]
    pub message: String,
    /// The causes, each once: the node's own error, the cause of that, and so on.
    #[serde(default)]
    pub causes: Vec<String>,
}

impl TraceError {
    /// Reads what a store has; a text that is no JSON is the message.
    pub(super) fn read(stored: &str) -> Self {
        serde_json::from_str(stored).unwrap_or_else(|_| Self {
            message: stored.to_owned(),
            ..Self::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::TraceError;

    #[test]
    fn an_error_is_read_whatever_it_is() {
        let error = TraceError::read(r#"{"kind": "failed", "message": "no", "attempts": 2}"#);
        assert_eq!((error.kind.as_str(), error.attempts), ("failed", 2));
        assert_eq!(TraceError::read("just so").message, "just so");
    }
}
