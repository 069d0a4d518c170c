//! One error: a node takes over from itself.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { a else a };
}
