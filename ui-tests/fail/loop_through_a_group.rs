//! One error: one branch goes round forever.
use penguiflow::prelude::*;

#[node]
async fn plan(n: u32) -> u32 { n }

#[node]
async fn act(n: u32) -> u32 { n }

#[node]
async fn tell(n: u32) -> u32 { n }

flow! {
    struct Agent(u32) -> u32;

    plan -> [act -> plan, tell];
}

fn main() {}
