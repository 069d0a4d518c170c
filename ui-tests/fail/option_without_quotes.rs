//! One error: a time without quotes.
use penguiflow::prelude::*;

#[node(timeout = 2)]
async fn b(_: String) {}

fn main() {}
