//! Two errors: a flow that does not read, and another one with an edge that does not fit.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

#[node]
async fn b(text: String) -> String { text }

fn main() {
    let _ = flow! { a => b };
    let _ = flow! { a -> b };
}
