//! One error: a node takes its message by `&mut`.
use penguiflow::prelude::*;

#[node]
async fn unique(_: &mut String) {}

fn main() {
    let _ = flow! { unique };
}
