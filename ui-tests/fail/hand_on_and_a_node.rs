//! One error: `_` leads to a node of its branch.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

#[node]
async fn b(n: u32) -> u32 { n }

#[node]
async fn c(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { a -> [b, _ -> c] -> join };
}
