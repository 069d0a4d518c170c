//! Four errors: what a fallback takes, in a line too, what `Failed` is around, and what it outputs.
use penguiflow::prelude::*;

#[node]
async fn gpt(prompt: &String) -> String {
    prompt.clone()
}

#[node]
async fn claude(prompt: &String) -> String {
    prompt.clone()
}

#[node]
async fn number(n: u32) -> String {
    n.to_string()
}

#[node]
async fn failed_number(failed: Failed<u32>) -> String {
    failed.input.to_string()
}

#[node]
async fn count(prompt: String) -> usize {
    prompt.len()
}

#[node]
async fn print(answer: String) -> String {
    answer
}

flow! {
    struct Other(String) -> String;

    gpt else number;
}

flow! {
    struct OtherInALine(String) -> String;

    gpt else claude else number;
}

flow! {
    struct OtherInFailed(String) -> String;

    gpt else failed_number;
}

flow! {
    struct OtherOutput(String) -> String;

    gpt else count -> print;
}

fn main() {}
