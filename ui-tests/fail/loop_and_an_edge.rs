//! Two errors: a loop that never ends, and an edge that does not fit.
use penguiflow::prelude::*;

#[node]
async fn plan(n: u32) -> u32 { n }

#[node]
async fn act(n: u32) -> u32 { n }

#[node]
async fn print(text: String) -> String { text }

flow! {
    struct Agent(u32) -> String;

    plan -> act -> plan;
    act -> print;
}

fn main() {}
