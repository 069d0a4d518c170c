//! One error: a function without `#[node]`.
use penguiflow::prelude::*;

#[node]
async fn triage(question: String) -> String { question }

async fn pack(question: String) -> String { question }

fn main() {
    let _ = flow! { triage -> pack };
    let _ = pack(String::new());
}
