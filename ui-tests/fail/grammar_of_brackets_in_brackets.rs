//! One error: brackets stand too deep in each other in a flow with a name.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

#[node]
async fn b(n: u32) -> u32 { n }

flow! {
    struct Deep(u32) -> u32;

    a -> [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[b]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]];
}

fn main() {
    let _ = Deep::flow();
}
