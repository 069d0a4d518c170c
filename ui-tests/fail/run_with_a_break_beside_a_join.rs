//! One error: a node may break while a join waits for it.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

#[node]
async fn left(n: u32) -> ControlFlow<u32, u32> { ControlFlow::Break(n) }

#[node]
async fn right(n: u32) -> u32 { n }

#[node]
async fn sum((a, b): (u32, u32)) -> u32 { a + b }

fn main() {
    let _ = flow! { start -> [left, right] -> join -> sum }.run(1);
}
