//! One error: a misspelt node that takes over.
use penguiflow::prelude::*;

#[node]
async fn gpt(prompt: String) -> String { prompt }

#[node]
async fn local(prompt: String) -> String { prompt }

fn main() {
    let _ = flow! { gpt else locl -> local }.run(String::new());
}
