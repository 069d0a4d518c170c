//! Nine errors: options with values that they cannot have.
use penguiflow::prelude::*;

#[node(timeout = "2 parsecs")]
async fn a(_: String) {}

#[node(timeout = 2)]
async fn b(_: String) {}

#[node(retries = -1)]
async fn c(_: String) {}

#[node(retries = 2, backoff = "2s..1s")]
async fn d(_: String) {}

#[node(concurrency = 0)]
async fn e(_: String) {}

#[node(timeout)]
async fn f(_: String) {}

#[node(spawn = true)]
async fn g(_: String) {}

#[node(name = "")]
async fn h(_: String) {}

#[node(timeout = "1s", timeout = "2s")]
async fn i(_: String) {}

fn main() {}
