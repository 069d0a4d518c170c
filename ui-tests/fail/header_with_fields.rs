//! One error: a header with fields.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

flow! {
    struct A { n: u32 }

    a;
}

fn main() {}
