//! Five errors: options that do not go together, or not with the function.
use penguiflow::prelude::*;

#[node(backoff = "1s..2s")]
async fn a(_: String) {}

#[node(jitter = true, retries = 0)]
async fn b(_: String) {}

#[node(blocking, spawn)]
fn c(_: String) {}

#[node(blocking)]
async fn d(_: String) {}

#[node]
fn e(_: String) {}

fn main() {}
