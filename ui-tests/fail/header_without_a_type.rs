//! One error: a header without an output.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

flow! {
    struct A(u32);

    a;
}

fn main() {
    let _ = A::flow();
}
