//! One error: a side that does not exist.
use penguiflow::prelude::*;

#[node(validate = "input")]
async fn a(_: String) {}

fn main() {}
