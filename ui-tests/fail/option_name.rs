//! One error: an empty name.
use penguiflow::prelude::*;

#[node(name = "")]
async fn h(_: String) {}

fn main() {}
