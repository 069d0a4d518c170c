//! One error: a race drops a branch that leads back to where it parted.
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
    struct Back(u32) -> u32;

    start -> [double -> match { n if n < 100 => start(n), n => show(n) }, halve] -> race;
}

fn main() {}
