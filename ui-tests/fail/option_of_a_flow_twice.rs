//! One error: the options of a flow are given twice.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

flow! {
    #[flow(timeout = "1s")]
    #[flow(timeout = "1s")]
    struct A(u32) -> u32;

    a;
}

fn main() {}
