//! One error: `Failed` is around another type.
use penguiflow::prelude::*;

#[node]
async fn gpt(prompt: &String) -> String { prompt.clone() }

#[node]
async fn number(failed: Failed<u32>) -> String { failed.input.to_string() }

fn main() {
    let _ = flow! { gpt else number };
}
