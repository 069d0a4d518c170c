//! One error: a function returns a flow that has no name.
use penguiflow::prelude::*;

#[node]
async fn double(n: u32) -> u32 { n * 2 }

fn doubling() -> Flow<impl Sized> {
    flow! { double }
}

fn main() {
    let _ = doubling;
}
