//! One error: two joins that cross.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

#[node]
async fn left(n: u32) -> u32 { n }

#[node]
async fn right(n: u32) -> u32 { n }

#[node]
async fn one(n: u32) -> u32 { n }

#[node]
async fn two(n: u32) -> u32 { n }

#[node]
async fn both((a, b): (u32, u32)) -> u32 { a + b }

#[node]
async fn end((a, b): (u32, u32)) -> u32 { a + b }

flow! {
    struct Across(u32) -> u32;

    start -> [left, right];
    left -> [one, two];
    [one, right] -> join -> both;
    [two, both] -> join -> end;
}

fn main() {}
