//! One error: `_` as the chain of an arm.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

#[node]
async fn b(n: u32) -> u32 { n }

#[node]
async fn c(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { a -> match { 0 => b, _ => _ } -> c };
}
