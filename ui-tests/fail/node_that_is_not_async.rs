//! One error: a plain `fn` is no node.
use penguiflow::prelude::*;

#[node]
fn double(n: u32) -> u32 { n * 2 }

fn main() {
    let _ = flow! { double };
}
