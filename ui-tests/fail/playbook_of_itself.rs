//! One error: a flow is a node of itself.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

flow! {
    struct Inner(u32) -> u32;

    start -> Inner;
}

fn main() {}
