//! Ten errors, though it is one fault: a flow with several outputs per trace as a node.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 {
    n
}

#[node]
async fn left(n: u32) -> u32 {
    n
}

#[node]
async fn right(n: u32) -> u32 {
    n
}

flow! {
    struct Both(u32) -> u32;

    left;
    right;
}

flow! {
    struct Outer(u32) -> u32;

    start -> Both;
}

fn main() {
    let _ = Outer::flow();
}
