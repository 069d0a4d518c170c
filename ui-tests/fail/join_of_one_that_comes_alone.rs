//! One error: an input of a join also comes by a way of its own.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

#[node]
async fn halve(n: u32) -> u32 { n / 2 }

#[node]
async fn show(n: u32) -> u32 { n }

#[node]
async fn both((a, b): (u32, u32)) -> u32 { a + b }

flow! {
    struct Alone(u32) -> u32;

    start -> [double, halve] -> show;
    [show, double] -> join -> both;
}

fn main() {}
