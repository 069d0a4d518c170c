//! One error: an input of a join comes twice.
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
async fn last(n: u32) -> u32 { n }

flow! {
    struct Twice(u32) -> (u32, u32);

    start -> [double -> show, halve -> show, last];
    [show, last] -> join;
}

fn main() {}
