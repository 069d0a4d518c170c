//! One error: a flow whose traces may have several outputs as a node.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

#[node]
async fn left(n: u32) -> u32 { n }

#[node]
async fn right(n: u32) -> u32 { n }

flow! {
    struct Both(u32) -> u32;

    [left, right];
}

flow! {
    struct Outer(u32) -> u32;

    start -> Both;
}

fn main() {
    let _ = Outer::flow().run(1);
}
