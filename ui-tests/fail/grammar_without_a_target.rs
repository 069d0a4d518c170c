//! One error: an arrow that leads nowhere.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { a -> };
}
