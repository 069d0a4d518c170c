//! One error: an `async fn` does not block.
use penguiflow::prelude::*;

#[node(blocking)]
async fn d(_: String) {}

fn main() {}
