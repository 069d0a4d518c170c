//! One error: a loop that parks can never end, either.
use penguiflow::prelude::*;

struct Answer;

#[node]
async fn ask(n: u32) -> u32 { n }

#[node]
async fn read((n, _): (u32, Answer)) -> u32 { n }

flow! {
    struct Agent(u32) -> u32;

    ask -> await Answer -> read -> ask;
}

fn main() {}
