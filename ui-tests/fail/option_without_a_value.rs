//! One error: an option that needs a value.
use penguiflow::prelude::*;

#[node(timeout)]
async fn f(_: String) {}

fn main() {}
