//! One error: an arm without a pattern.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

#[node]
async fn b(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { a -> match { 0 => b, => b } };
}
