//! One error: a loop that is written twice.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> Option<u32> { Some(n) }

fn main() {
    let _ = flow! { a -> a -> a };
}
