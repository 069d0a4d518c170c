//! One error: what follows a join takes a tuple of all branches.
use penguiflow::prelude::*;

#[node]
async fn fetch(_: String) -> String { String::new() }

#[node]
async fn left(text: String) -> usize { text.len() }

#[node]
async fn right(text: String) -> String { text }

#[node]
async fn merge((left, right): (String, String)) -> String { left + &right }

fn main() {
    let _ = flow! { fetch -> [left, right] -> join -> merge };
}
