//! One error: a node is retried, and returns no `Result`.
use penguiflow::prelude::*;

#[node(retries = 3)]
async fn shorten(text: &String) -> String { text.chars().take(9).collect() }

fn main() {
    let _ = flow! { shorten };
}
