//! Two errors: loops that no node can leave.
use penguiflow::prelude::*;

#[node]
async fn plan(step: u32) -> u32 {
    step + 1
}

#[node]
async fn act(step: u32) -> u32 {
    step
}

flow! {
    struct Agent(u32) -> u32;

    plan -> act -> plan;
}

flow! {
    struct Spin(u32) -> u32;

    act -> act;
}

fn main() {}
