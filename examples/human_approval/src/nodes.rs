//! The nodes: one drafts, one publishes, and one shelves the drafts without a decision.

use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};

/// A text that may be published.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Draft(pub(crate) String);

/// What a human decides on a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Approval {
    Approved,
    Rejected(String),
    /// Nobody decided in time.
    Missing(String),
}

#[node]
pub(crate) async fn draft(topic: String) -> Result<Draft, &'static str> {
    match topic.trim() {
        "" => Err("there is nothing to write about"),
        topic => Ok(Draft(format!("All about {topic}"))),
    }
}

#[node]
pub(crate) async fn publish((Draft(text), approval): (Draft, Approval)) -> String {
    match approval {
        Approval::Approved => format!("published: {text}"),
        Approval::Rejected(why) => format!("rejected: {text} ({why})"),
        Approval::Missing(why) => format!("shelved: {text} ({why})"),
    }
}

/// Takes over when nobody has decided in time.
#[node]
pub(crate) async fn shelve(failed: Failed<Draft>) -> (Draft, Approval) {
    let why = failed.error.to_string();
    (failed.input, Approval::Missing(why))
}
