//! One error: a `match` on nothing.
use penguiflow::prelude::*;

#[node]
async fn b(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { match { n => b(n) } };
}
