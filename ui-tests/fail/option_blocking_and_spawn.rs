//! One error: two places to run at.
use penguiflow::prelude::*;

#[node(blocking, spawn)]
fn c(_: String) {}

fn main() {}
