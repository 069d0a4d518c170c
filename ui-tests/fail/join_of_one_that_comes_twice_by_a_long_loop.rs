//! One error: an input of a join comes again with each round of a loop of two nodes.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

#[node]
async fn halve(n: u32) -> Option<u32> { (n > 1).then_some(n / 2) }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

#[node]
async fn sum((half, double): (u32, u32)) -> Option<u32> { Some(half + double) }

#[node]
async fn shrink(n: u32) -> Option<u32> { n.checked_sub(1) }

flow! {
    struct Again(u32) -> u32;

    start -> [halve, double] -> join -> sum;
    halve -> shrink -> halve;
}

fn main() {}
