//! One error: flows contain each other.
use penguiflow::prelude::*;

#[node]
async fn plan(n: u32) -> u32 { n }

flow! {
    struct Outer(u32) -> u32;

    plan -> Middle;
}

flow! {
    struct Middle(u32) -> u32;

    plan -> Inner;
}

flow! {
    struct Inner(u32) -> u32;

    plan -> Outer -> plan;
}

flow! {
    struct Beside(u32) -> u32;

    Outer;
}

fn main() {
    let _ = Beside::flow().start();
    let _ = Inner::flow().run(1);
}
