//! One error: a header with two inputs.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

flow! {
    struct A(u32, u32) -> u32;

    a;
}

fn main() {}
