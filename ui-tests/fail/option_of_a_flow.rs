//! One error: an option that a flow does not have.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

flow! {
    #[flow(spawn)]
    struct A(u32) -> u32;

    a;
}

fn main() {}
