//! One error: an option that does not exist.
use penguiflow::prelude::*;

#[node(penguins = 3)]
async fn two(_: String) {}

fn main() {}
