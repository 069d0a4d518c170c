//! One error: what follows a flow does not take its output.
use penguiflow::prelude::*;

#[node]
async fn length(text: String) -> usize { text.len() }

#[node]
async fn print(text: String) -> String { text }

flow! {
    struct Counting(String) -> usize;

    length;
}

flow! {
    struct Outer(String) -> String;

    Counting -> print;
}

fn main() {}
