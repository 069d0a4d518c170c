//! One error: a node that could never run.
use penguiflow::prelude::*;

#[node(concurrency = 0)]
async fn e(_: String) {}

fn main() {}
