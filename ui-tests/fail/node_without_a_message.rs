//! One error: a node takes nothing.
use penguiflow::prelude::*;

#[node]
async fn nothing() {}

fn main() {
    let _ = flow! { nothing };
}
