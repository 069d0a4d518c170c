//! One error: a backoff without retries.
use penguiflow::prelude::*;

#[node(backoff = "1s..2s")]
async fn a(_: String) {}

fn main() {}
