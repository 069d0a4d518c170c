//! One error: a node takes a type that does not exist.
use penguiflow::prelude::*;

#[node]
async fn ask(_: Qestion) -> String { String::new() }

fn main() {
    let _ = flow! { ask };
}
