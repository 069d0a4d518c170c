//! One error: a node that does not exist is asked for.
use penguiflow::prelude::*;

#[node(timeout = "2s")]
async fn score(n: u32) -> u32 {
    n
}

flow! {
    struct Scores(u32) -> u32;

    score;
}

const CALLS: Option<u64> = Scores::WORST_ATTEMPTS.of("socre");

fn main() {
    println!("{CALLS:?}");
}
