//! One error: a node that only leads to itself never ends.
use penguiflow::prelude::*;

#[node]
async fn act(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { act -> act };
}
