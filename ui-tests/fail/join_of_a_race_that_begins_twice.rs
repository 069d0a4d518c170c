//! One error: a race is led to by the arms of a `match`, and by other ways beside it.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

#[node]
async fn left(n: u32) -> u32 { n }

#[node]
async fn right(n: u32) -> u32 { n }

#[node]
async fn show(n: u32) -> u32 { n }

flow! {
    struct Again(u32) -> u32;

    start -> [left, right] -> race -> show;
    start -> match { 0 => left, _ => right };
}

fn main() {}
