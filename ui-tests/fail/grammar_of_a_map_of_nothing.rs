//! One error: a map without a node.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> { vec![n] }

fn main() {
    let _ = flow! { list -> [; 8] -> join };
}
