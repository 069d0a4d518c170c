//! One error: the steps of a flow that is not durable cannot be run one by one.

use penguiflow::host::{Line, PendingStep};
use penguiflow::prelude::*;

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

flow! {
    struct Doubled(u32) -> u32;
    double;
}

fn run<F: Line<()>>(_: &Flow<F>) {}

async fn host(flow: &Flow<Doubled>, step: PendingStep<()>) {
    let _ = flow.advance(step).await;
}

fn main() {
    run(&Doubled::flow());
    let _ = host;
}
