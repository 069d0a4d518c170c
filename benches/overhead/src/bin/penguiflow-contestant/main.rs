//! x
use contest::{Contestant, Docs, Figure, Prompt, Question, Sample, Triaged, Work, nodes};
use penguiflow::prelude::*;
#[node]
async fn triage(q: Question) -> Triaged {
    nodes::triage(q).await
}
#[node]
async fn retrieve(q: Triaged) -> Docs {
    nodes::retrieve(q).await
}
#[node]
async fn pack(q: Docs) -> Prompt {
    nodes::pack(q).await
}
async fn request(sample: Sample) -> Figure {
    let flow = &flow! { triage -> retrieve -> pack };
    sample
        .awaited(Question::new, |q| async move {
            flow.run(q).await.expect("no node fails")
        })
        .await
}
fn main() -> std::process::ExitCode {
    contest::main([Contestant::new("penguiflow", "1").can(Work::Request, request)])
}
