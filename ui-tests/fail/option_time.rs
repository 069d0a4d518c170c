//! One error: a time that is none.
use penguiflow::prelude::*;

#[node(timeout = "2 parsecs")]
async fn a(_: String) {}

fn main() {}
