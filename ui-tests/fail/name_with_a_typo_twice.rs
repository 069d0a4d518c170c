//! Two errors: two misspelt nodes.
use penguiflow::prelude::*;

#[node]
async fn triage(question: String) -> String { question }

#[node]
async fn pack(question: String) -> String { question }

fn main() {
    let _ = flow! { triag -> pakc };
}
