//! One error: an option is given twice.
use penguiflow::prelude::*;

#[node(timeout = "1s", timeout = "2s")]
async fn i(_: String) {}

fn main() {}
