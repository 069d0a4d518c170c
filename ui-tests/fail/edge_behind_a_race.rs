//! One error: what follows a race takes what its branches output.
use penguiflow::prelude::*;

#[node]
async fn fetch(_: String) -> String { String::new() }

#[node]
async fn left(text: String) -> usize { text.len() }

#[node]
async fn right(text: String) -> usize { text.len() }

#[node]
async fn print(text: String) -> String { text }

fn main() {
    let _ = flow! { fetch -> [left, right] -> race -> print };
}
