//! One error: an `await` for nothing.
use penguiflow::prelude::*;

#[node]
async fn draft(n: u32) -> u32 { n }

#[node]
async fn publish(n: (u32, u32)) -> u32 { n.0 }

fn main() {
    let _ = flow! { draft -> await -> publish };
}
