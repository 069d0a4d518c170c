//! One error: a node returns a borrow, and is lent nothing.
use penguiflow::prelude::*;

#[node]
async fn greet(name: String) -> &str { let _ = name; "hello" }

fn main() {
    let _ = flow! { greet };
}
