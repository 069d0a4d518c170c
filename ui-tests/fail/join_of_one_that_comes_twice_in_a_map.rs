//! One error: an item comes again to the end of its map, with each round of a loop.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

#[node]
async fn halve(n: u32) -> Option<u32> { (n > 1).then_some(n / 2) }

#[node]
async fn items(n: u32) -> Vec<u32> { vec![n] }

#[node]
async fn total(all: Vec<u32>) -> u32 { all.iter().sum() }

flow! {
    struct Again(u32) -> u32;

    start -> items -> [halve; 8] -> join -> total;
    halve -> halve;
}

fn main() {}
