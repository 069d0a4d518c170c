//! One error: an option that takes no value.
use penguiflow::prelude::*;

#[node(spawn = true)]
async fn g(_: String) {}

fn main() {}
