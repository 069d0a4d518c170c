//! One error: a flow that parks takes over.
use penguiflow::prelude::*;

struct Approval;

#[node]
async fn gpt(prompt: String) -> String { prompt }

#[node]
async fn draft(topic: String) -> String { topic }

#[node]
async fn publish((draft, _): (String, Approval)) -> String { draft }

flow! {
    struct Press(String) -> String;

    draft -> await Approval -> publish;
}

fn main() {
    let _ = flow! { gpt else Press };
}
