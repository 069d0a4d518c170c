//! One error: options without parentheses.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

flow! {
    #[flow]
    struct A(u32) -> u32;

    a;
}

fn main() {}
