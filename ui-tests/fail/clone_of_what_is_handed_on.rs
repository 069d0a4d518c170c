//! One error: what `_` hands on is not `Clone`.
use penguiflow::prelude::*;

struct Docs;

#[node]
async fn fetch(_: String) -> Docs { Docs }

#[node]
async fn count(_: &Docs) -> usize { 0 }

#[node]
async fn rank(_: &Docs) -> usize { 1 }

#[node]
async fn pack(_: (usize, usize, Docs)) -> String { String::new() }

fn main() {
    let _ = flow! { fetch -> [count, rank, _] -> join -> pack };
}
