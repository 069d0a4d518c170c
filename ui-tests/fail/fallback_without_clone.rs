//! Two errors: a node that uses its message up has a copy for its fallback, in a task as well.
use penguiflow::prelude::*;

struct Prompt(String);

#[node]
async fn gpt(prompt: Prompt) -> String {
    prompt.0
}

#[node(spawn)]
async fn claude(prompt: &Prompt) -> String {
    prompt.0.clone()
}

#[node]
async fn local(prompt: Prompt) -> String {
    prompt.0
}

flow! {
    struct ByValue(Prompt) -> String;

    gpt else local;
}

flow! {
    struct InATask(Prompt) -> String;

    claude else local;
}

fn main() {}
