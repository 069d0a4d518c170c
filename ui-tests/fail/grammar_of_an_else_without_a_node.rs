//! One error: `else` and nothing behind it.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { a else };
}
