//! One error: a flow of which a node may break while a join waits for it.
use penguiflow::prelude::*;

#[node]
async fn left(n: u32) -> ControlFlow<u32, u32> { ControlFlow::Break(n) }

#[node]
async fn right(n: u32) -> u32 { n }

#[node]
async fn sum((a, b): (u32, u32)) -> u32 { a + b }

flow! {
    struct Sum(u32) -> u32;

    [left, right] -> join -> sum;
}

flow! {
    struct Outer(u32) -> u32;

    Sum -> right;
}

fn main() {}
