//! One error: a flow does not take what is before it.
use penguiflow::prelude::*;

#[node]
async fn length(text: String) -> usize { text.len() }

#[node]
async fn print(text: String) -> String { text }

flow! {
    struct Printing(String) -> String;

    print;
}

flow! {
    struct Outer(String) -> String;

    length -> Printing;
}

fn main() {}
