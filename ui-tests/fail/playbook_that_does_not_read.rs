//! One error: a flow whose edges cannot be read is a node all the same.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

flow! {
    struct Inner(u32) -> u32;

    start =>;
}

flow! {
    struct Outer(u32) -> u32;

    Inner -> start;
}

fn main() {
    let _ = Outer::flow().run(1);
}
