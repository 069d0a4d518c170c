//! One error: a flow in a loop outputs what its node breaks with, and never ends the loop.
use penguiflow::prelude::*;

#[node]
async fn step(n: u32) -> ControlFlow<u32, u32> { if n > 9 { ControlFlow::Break(n) } else { ControlFlow::Continue(n + 1) } }

#[node]
async fn plan(n: u32) -> u32 { n }

flow! {
    struct Steps(u32) -> u32;

    step -> step;
}

flow! {
    struct Agent(u32) -> u32;

    plan -> Steps -> plan;
}

fn main() {}
