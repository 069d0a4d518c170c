//! One error: a `;` is missing between two statements.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

#[node]
async fn b(n: u32) -> u32 { n }

flow! {
    struct Both(u32) -> u32;

    a -> b
    a -> b;
}

fn main() {}
