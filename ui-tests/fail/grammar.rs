//! Seven errors: what is no flow.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 {
    n
}

#[node]
async fn b(n: u32) -> u32 {
    n
}

fn main() {
    let _ = flow! {};
    let _ = flow! { a -> };
    let _ = flow! { a b };
    let _ = flow! { a => b };
    let _ = flow! { a -> b; a -> b };
    let _ = flow! { let c = a {}; c };
    let _ = flow! { let c: a = a {}; b };
}
