//! One error: a comma is missing.
use penguiflow::prelude::*;

#[node(timeout = "1s" retries = 2)]
async fn a(_: &String) {}

fn main() {
    let _ = flow! { a };
}
