//! One error: a fallback takes over from a node that fails, and a loop goes on.
use penguiflow::prelude::*;

#[node]
async fn plan(n: u32) -> u32 { n }

#[node]
async fn act(n: u32) -> u32 { n }

#[node]
async fn rest(n: u32) -> u32 { n }

flow! {
    struct Agent(u32) -> u32;

    plan -> act else rest -> plan;
}

fn main() {}
