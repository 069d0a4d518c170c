//! One error: one of two exits outputs another type.
use penguiflow::prelude::*;

#[node]
async fn ask(text: String) -> String { text }

#[node]
async fn shout(text: String) -> String { text }

#[node]
async fn count(text: String) -> usize { text.len() }

fn main() {
    let _ = flow! { ask -> match { text if text.is_empty() => shout, _ => count } };
}
