//! One error: retries below zero.
use penguiflow::prelude::*;

#[node(retries = -1)]
async fn c(_: String) {}

fn main() {}
