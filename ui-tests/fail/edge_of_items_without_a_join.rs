//! One error: a `join` is missing between a map and the node that takes all its items.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> { vec![n] }

#[node]
async fn square(n: u32) -> u32 { n * n }

#[node]
async fn sum(all: Vec<u32>) -> u32 { all.iter().sum() }

flow! {
    struct Squares(u32) -> u32;

    list -> [square; 8] -> sum;
}

fn main() {}
