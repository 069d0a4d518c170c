//! One error: a `join` is missing between the branches and the node that takes them all.
use penguiflow::prelude::*;

#[node]
async fn start(query: String) -> String { query }

#[node]
async fn web(_: String) -> u32 { 1 }

#[node]
async fn wiki(_: String) -> u64 { 2 }

#[node]
async fn pack((web, wiki): (u32, u64)) -> u64 { u64::from(web) + wiki }

fn main() {
    let _ = flow! { start -> [web, wiki] -> pack };
}
