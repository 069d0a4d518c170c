//! One error: `run` on a flow whose traces have two outputs.
use penguiflow::prelude::*;

#[node]
async fn left(n: u32) -> u32 { n }

#[node]
async fn right(n: u32) -> u32 { n }

async fn run() -> Result<u32, FlowError> {
    flow! { left; right }.run(1).await
}

fn main() {
    let _ = run();
}
