//! One error: a quorum of 0 items.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> { vec![n] }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

fn main() {
    let _ = flow! { list -> [double; 8] -> quorum(0) };
}
