//! One error: what follows `settle` takes results.
use penguiflow::prelude::*;

#[node]
async fn fetch(_: String) -> String { String::new() }

#[node]
async fn left(text: String) -> usize { text.len() }

#[node]
async fn right(text: String) -> usize { text.len() }

#[node]
async fn merge((left, right): (usize, usize)) -> usize { left + right }

fn main() {
    let _ = flow! { fetch -> [left, right] -> settle -> merge };
}
