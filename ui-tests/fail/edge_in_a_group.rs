//! One error: one of the nodes that the output is sent to does not take it.
use penguiflow::prelude::*;

#[node]
async fn fetch(_: String) -> String { String::new() }

#[node]
async fn left(text: String) -> usize { text.len() }

#[node]
async fn right(n: u32) -> usize { n as usize }

fn main() {
    let _ = flow! { fetch -> [left, right] };
}
