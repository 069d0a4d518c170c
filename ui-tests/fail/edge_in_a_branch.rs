//! One error: an edge within a branch of a group.
use penguiflow::prelude::*;

#[node]
async fn fetch(_: String) -> String { String::new() }

#[node]
async fn left(text: String) -> usize { text.len() }

#[node]
async fn right(text: String) -> usize { text.len() }

#[node]
async fn trim(text: String) -> usize { text.len() }

fn main() {
    let _ = flow! { fetch -> [left -> trim, right] };
}
