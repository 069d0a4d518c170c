//! The works by hand, which say what is right.

use std::ops::ControlFlow;

use harness::{BRANCHES, Prompt, Question, Walk, nodes};

/// What a line makes of a question.
pub async fn line(question: Question) -> Prompt {
    let triaged = nodes::triage(question).await;
    let docs = nodes::retrieve(triaged).await;
    nodes::pack(docs).await
}

/// What eight branches make of a question.
pub async fn broadcast(question: Question) -> u64 {
    let triaged = nodes::triage(question).await;
    nodes::sum([nodes::branch(triaged).await; BRANCHES]).await
}

/// What is seen on a walk.
pub async fn rounds(mut walk: Walk) -> u64 {
    loop {
        match nodes::hop(walk).await {
            ControlFlow::Continue(next) => walk = next,
            ControlFlow::Break(digest) => return digest,
        }
    }
}

/// What a map makes of a list.
pub async fn map(first: u64) -> Vec<u64> {
    let mut results = Vec::new();
    for number in nodes::list(first).await {
        results.push(nodes::item(number).await);
    }
    results
}
