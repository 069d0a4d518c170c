//! One error: an edge out of the middle of a part.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

#[node]
async fn b(n: u32) -> u32 { n }

#[node]
async fn c(n: u32) -> u32 { n }

#[node]
async fn d(n: u32) -> u32 { n }

#[node]
async fn e(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { a -> (b -> c) -> d; b -> e };
}
