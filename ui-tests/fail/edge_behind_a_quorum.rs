//! One error: what follows a quorum takes a `Vec`.
use penguiflow::prelude::*;

#[node]
async fn fetch(_: String) -> String { String::new() }

#[node]
async fn left(text: String) -> usize { text.len() }

#[node]
async fn right(text: String) -> usize { text.len() }

#[node]
async fn merge(n: usize) -> usize { n }

fn main() {
    let _ = flow! { fetch -> [left, right] -> quorum(1) -> merge };
}
