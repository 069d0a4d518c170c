//! Two errors: two ways round, and no arm of the `match` leads out.
use penguiflow::prelude::*;

#[node]
async fn plan(n: u32) -> u32 {
    n
}

#[node]
async fn small(n: u32) -> u32 {
    n
}

#[node]
async fn large(n: u32) -> u32 {
    n
}

flow! {
    struct Agent(u32) -> u32;

    plan -> match {
        0..=9 => small,
        n => large(n),
    } -> plan;
}

fn main() {}
