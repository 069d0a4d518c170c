//! One error: the inputs of a join are on different arms of one `match`.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

#[node]
async fn halve(n: u32) -> u32 { n / 2 }

#[node]
async fn both((a, b): (u32, u32)) -> u32 { a + b }

flow! {
    struct Never(u32) -> u32;

    start -> match { 0 => double, _ => halve };
    [double, halve] -> join -> both;
}

fn main() {}
