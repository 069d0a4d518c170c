//! A line of three nodes, awaited and streamed.

use contest::{Docs, Figure, Prompt, Question, Sample, Triaged, nodes};
use penguiflow::prelude::*;

#[node]
pub(crate) async fn triage(question: Question) -> Triaged {
    nodes::triage(question).await
}

#[node]
pub(crate) async fn retrieve(triaged: Triaged) -> Docs {
    nodes::retrieve(triaged).await
}

#[node]
async fn retrieve_slowly(triaged: Triaged) -> Docs {
    nodes::retrieve_slowly(triaged).await
}

#[node]
async fn retrieve_never(triaged: Triaged) -> Docs {
    nodes::retrieve_never(triaged).await
}

#[node]
async fn retrieve_computing(triaged: Triaged) -> Docs {
    nodes::retrieve_computing(triaged).await
}

#[node]
pub(crate) async fn pack(docs: Docs) -> Prompt {
    nodes::pack(docs).await
}

flow! {
    pub(crate) struct Line(Question) -> Prompt;

    triage -> retrieve -> pack;
}

flow! {
    pub(crate) struct Slow(Question) -> Prompt;

    triage -> retrieve_slowly -> pack;
}

flow! {
    pub(crate) struct Never(Question) -> Prompt;

    triage -> retrieve_never -> pack;
}

flow! {
    pub(crate) struct Computing(Question) -> Prompt;

    triage -> retrieve_computing -> pack;
}

pub(crate) async fn memory(sample: Sample) -> Figure {
    let start = |count| async move {
        let running = Never::flow().capacity(count as usize).start();
        for id in 0..count {
            running.emit(Question::new(id)).await.expect("it is open");
        }
        running
    };
    sample.waiting(start).await
}

pub(crate) async fn memory_held(sample: Sample) -> Figure {
    let flow = Never::flow();
    sample.held(|question| flow.run(question)).await
}
