//! One error: a race drops a branch that leads elsewhere, too.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

#[node]
async fn halve(n: u32) -> u32 { n / 2 }

#[node]
async fn show(n: u32) -> u32 { n }

flow! {
    struct Elsewhere(u32) -> u32;

    start -> [double, halve] -> race;
    double -> show;
}

fn main() {}
