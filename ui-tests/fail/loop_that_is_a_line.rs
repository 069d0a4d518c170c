//! One error: a node stands twice in a line.
use penguiflow::prelude::*;

#[node]
async fn log(text: String) -> String { text }

#[node]
async fn shorten(text: String) -> String { text }

fn main() {
    let _ = flow! { log -> shorten -> log };
}
