//! One error: a flow that is not durable has no frontier to begin.

use penguiflow::prelude::*;

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    let flow = flow! { double };
    let _frontier = flow.begin(21);
}
