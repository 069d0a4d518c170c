//! Three errors: rates that are none.
use penguiflow::prelude::*;

#[node(rate = "60/day")]
async fn a(_: String) {}

#[node(rate = "0/s")]
async fn b(_: String) {}

#[node(rate = 60)]
async fn c(_: String) {}

fn main() {}
