//! One error: a header without its `;`.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

flow! {
    struct A(u32) -> u32

    a;
}

fn main() {}
