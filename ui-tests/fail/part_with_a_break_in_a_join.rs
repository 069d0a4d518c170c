//! One error: a node that a join in a part waits for leaves the part.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

#[node]
async fn b(n: u32) -> ControlFlow<(u32, u32), u32> { ControlFlow::Continue(n) }

#[node]
async fn c(n: u32) -> u32 { n }

#[node]
async fn d(n: u32) -> u32 { n }

#[node]
async fn e((n, _): (u32, u32)) -> u32 { n }

fn main() {
    let _ = flow! { a -> (d -> [b, c] -> join) -> e };
}
