//! One error: a fallback leads back to one branch of a join, and not to where the branches part.
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
async fn repair((half, double): (u32, u32)) -> u32 { half + double }

#[node]
async fn end(n: u32) -> u32 { n }

flow! {
    struct Again(u32) -> u32;

    start -> [halve, double] -> join -> sum else repair -> end;
    repair -> double;
}

fn main() {}
