//! One error: a node's own body.
use penguiflow::prelude::*;

#[node]
async fn double(n: u32) -> u32 { n.to_string() }

fn main() {
    let _ = flow! { double }.run(1);
}
