//! One error: a rate that is none.
use penguiflow::prelude::*;

#[node(rate = "60/day")]
async fn a(_: String) {}

fn main() {}
