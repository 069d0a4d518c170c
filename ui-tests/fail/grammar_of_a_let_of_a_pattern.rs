//! One error: a `let` of a pattern.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { let (x, y): (u32, u32) = (1, 2); a };
}
