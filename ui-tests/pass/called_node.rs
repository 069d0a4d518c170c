//! A node whose function is only called is no dead code.

#![deny(dead_code)]

use penguiflow::prelude::*;

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(double(2).await, 4);
}
