//! One error: what takes over takes another type.
use penguiflow::prelude::*;

#[node]
async fn gpt(prompt: &String) -> String { prompt.clone() }

#[node]
async fn number(n: u32) -> String { n.to_string() }

fn main() {
    let _ = flow! { gpt else number };
}
