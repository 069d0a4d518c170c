//! One error: a flow is a node of itself, by a path to it.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

flow! {
    struct Inner(u32) -> u32;

    start -> self::Inner;
}

fn main() {
    let _ = Inner::flow().start();
}
