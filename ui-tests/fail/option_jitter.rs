//! One error: jitter is on or off.
use penguiflow::prelude::*;

#[node(retries = 2, jitter = "full")]
async fn f(_: u32) -> Result<(), String> {
    Ok(())
}

fn main() {}
