//! The line, each node with a policy that never has to act.

use contest::{Docs, Prompt, Question, Triaged, nodes};
use penguiflow::prelude::*;

#[node(timeout = "2s", retries = 3)]
async fn triage(question: Question) -> Triaged {
    nodes::triage(question).await
}

#[node(timeout = "2s", retries = 3)]
async fn retrieve(triaged: Triaged) -> Docs {
    nodes::retrieve(triaged).await
}

#[node(timeout = "2s", retries = 3)]
async fn pack(docs: Docs) -> Prompt {
    nodes::pack(docs).await
}

flow! {
    pub(crate) struct Persistent(Question) -> Prompt;

    triage -> retrieve -> pack;
}
