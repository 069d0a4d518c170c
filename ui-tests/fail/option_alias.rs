//! Three errors: an alias that is no text, one with brackets, and an empty one.
use penguiflow::prelude::*;

#[node(alias = old)]
async fn f(_: String) {}

#[node(alias = ["old", "join of [a, b]"])]
async fn g(_: String) {}

#[node(alias = "old", alias = "")]
async fn h(_: String) {}

fn main() {}
