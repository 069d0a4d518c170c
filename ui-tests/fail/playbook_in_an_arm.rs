//! One error: a flow with several outputs takes a route.
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

fn main() {
    let _ = flow! { start -> match { 0 => Both, _ => left } };
}
