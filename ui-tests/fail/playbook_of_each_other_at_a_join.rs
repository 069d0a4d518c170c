//! One error: flows contain each other, one of them on a branch, and are retried.
use penguiflow::prelude::*;

#[node]
async fn plan(n: u32) -> u32 { n }

#[node]
async fn guess(n: u32) -> u32 { n }

flow! {
    #[flow(retries = 2, timeout = "1s")]
    struct Outer(u32) -> u32;

    plan -> [Inner, guess] -> race;
}

flow! {
    struct Inner(u32) -> u32;

    plan -> match { 0 => guess, _ => Outer };
}

fn main() {
    let _ = Outer::flow().start();
    let _ = flow! { plan -> Outer }.run(1);
}
