//! One error: all arms of a `match` lead back.
use penguiflow::prelude::*;

#[node]
async fn plan(n: u32) -> u32 { n }

#[node]
async fn act(n: u32) -> u32 { n }

flow! {
    struct Agent(u32) -> u32;

    plan -> match { 0 => plan, n => act(n) };
    act -> plan;
}

fn main() {}
