//! Two errors: a join of other types than what follows takes, and a race of two types.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 {
    n
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[node]
async fn text(n: u32) -> String {
    n.to_string()
}

#[node]
async fn swapped(_: (String, u32)) -> u32 {
    0
}

#[node]
async fn first(n: u32) -> u32 {
    n
}

flow! {
    struct Joined(u32) -> u32;

    start -> [double, text] -> join -> swapped;
}

flow! {
    struct Raced(u32) -> u32;

    start -> [double, text] -> race -> first;
}

fn main() {}
