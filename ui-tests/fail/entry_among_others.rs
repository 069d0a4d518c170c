//! One error: one of two entries takes another type.
use penguiflow::prelude::*;

#[node]
async fn ask(text: String) -> usize { text.len() }

#[node]
async fn count(n: usize) -> usize { n }

fn main() {
    let _ = flow! { [ask, count] -> race };
}
