//! One error: a node in a task of its own takes its message along.
use penguiflow::prelude::*;

struct Prompt;

#[node(spawn)]
async fn gpt(_: &Prompt) -> String { String::new() }

#[node]
async fn local(_: &Prompt) -> String { String::new() }

fn main() {
    let _ = flow! { gpt else local };
}
