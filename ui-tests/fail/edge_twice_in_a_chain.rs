//! Two errors: two edges do not fit.
use penguiflow::prelude::*;

#[node]
async fn count(text: String) -> usize { text.len() }

#[node]
async fn shout(text: String) -> String { text }

#[node]
async fn halve(n: usize) -> usize { n / 2 }

fn main() {
    let _ = flow! { count -> shout -> halve };
}
