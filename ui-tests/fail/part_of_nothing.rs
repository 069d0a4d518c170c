//! One error: parentheses with nothing in them.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

#[node]
async fn b(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { a -> () -> b };
}
