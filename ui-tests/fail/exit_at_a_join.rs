//! One error: what a join makes leaves the flow.
use penguiflow::prelude::*;

#[node]
async fn left(text: String) -> String { text }

#[node]
async fn right(text: String) -> usize { text.len() }

flow! {
    struct Both(String) -> (usize, String);

    [left, right] -> join;
}

fn main() {}
