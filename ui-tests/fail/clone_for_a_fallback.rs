//! One error: a node that uses its message up has a fallback.
use penguiflow::prelude::*;

struct Prompt;

#[node]
async fn gpt(_: Prompt) -> String { String::new() }

#[node]
async fn local(_: &Prompt) -> String { String::new() }

fn main() {
    let _ = flow! { gpt else local };
}
