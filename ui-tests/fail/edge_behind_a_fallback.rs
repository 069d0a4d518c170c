//! One error: what takes over outputs another type than the node before it.
use penguiflow::prelude::*;

#[node]
async fn gpt(prompt: String) -> String { prompt }

#[node]
async fn count(prompt: String) -> usize { prompt.len() }

#[node]
async fn print(answer: String) -> String { answer }

fn main() {
    let _ = flow! { gpt else count -> print };
}
