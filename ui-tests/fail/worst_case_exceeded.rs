//! Three errors: flows whose traces may take longer than they say.
use penguiflow::prelude::*;

#[node(timeout = "2s")]
async fn triage(question: String) -> String {
    question
}

#[node(timeout = "5s", retries = 2, backoff = "500ms..30s", jitter = true)]
async fn retrieve(question: String) -> Result<Vec<String>, String> {
    Ok(vec![question])
}

#[node(timeout = "3s")]
async fn score(doc: String) -> u32 {
    doc.len() as u32
}

#[node(timeout = "4s")]
async fn pack(scores: Vec<u32>) -> u32 {
    scores.len() as u32
}

#[node(timeout = "150ms")]
async fn think(n: u32) -> ControlFlow<u32, u32> {
    ControlFlow::Continue(n)
}

flow! {
    #[flow(worst_case = "20s")]
    struct Support(String) -> u32;

    triage -> retrieve -> [score; 8, max = 20] -> join -> pack;
}

flow! {
    #[flow(worst_case = "1s", hops = 10)]
    struct Agent(u32) -> u32;

    think -> think;
}

flow! {
    #[flow(worst_case = "1m 30s")]
    struct Outer(String) -> u32;

    triage -> Support else count -> Last;
}

flow! {
    #[flow(retries = 9, timeout = "5s", backoff = "1s")]
    struct Last(u32) -> u32;

    think;
}

#[node(timeout = "10ms")]
async fn count(text: String) -> u32 {
    text.len() as u32
}

fn main() {}
