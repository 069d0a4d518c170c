//! Two errors: two edges do not fit.
use penguiflow::prelude::*;

#[node]
async fn count(_: String) -> usize {
    0
}

#[node]
async fn shout(_: String) -> String {
    String::new()
}

#[node]
async fn halve(n: usize) -> usize {
    n / 2
}

flow! {
    struct Wrong(String) -> usize;

    count -> shout -> halve;
}

fn main() {}
