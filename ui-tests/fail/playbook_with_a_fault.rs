//! One error: a flow with a fault is a node all the same.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

flow! {
    #[flow(timout = "3s")]
    struct Inner(u32) -> u32;

    start;
}

flow! {
    struct Outer(u32) -> u32;

    Inner -> start;
}

fn main() {
    let _ = Outer::flow().run(1);
    let _ = flow! { start -> Inner }.run(2);
    let _ = Inner::flow().start();
}
