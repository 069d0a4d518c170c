//! Two errors: `validate` with values that it cannot have.
use penguiflow::prelude::*;

#[node(validate = "input")]
async fn a(_: String) {}

#[node(validate = true)]
async fn b(_: String) {}

fn main() {}
