//! The flow whose traces are in the store.

use penguiflow::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Approval {
    pub(crate) approved: bool,
    pub(crate) by: String,
}

#[node]
async fn draft(topic: String) -> String {
    format!("All about {topic}")
}

#[node]
async fn facts(text: String) -> u32 {
    text.len() as u32
}

#[node(timeout = "2s", retries = 2)]
async fn style(text: String) -> String {
    text
}

#[node]
async fn edit((facts, text): (u32, String)) -> String {
    format!("{text} ({facts} facts)")
}

#[node]
async fn publish((text, approval): (String, Approval)) -> String {
    format!("{text}, approved by {}", approval.by)
}

#[node]
async fn shelve(text: String) -> (String, Approval) {
    let by = "nobody".to_owned();
    let approved = false;
    (text, Approval { approved, by })
}

flow! {
    /// Writes an article, which somebody approves.
    #[flow(durable)]
    pub(crate) struct Publish(String) -> String;

    draft -> [facts, style] -> join -> edit -> await Approval within "24h" else shelve -> publish;
}
