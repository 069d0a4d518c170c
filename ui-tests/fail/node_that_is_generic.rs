//! One error: a node has a parameter of its own.
use penguiflow::prelude::*;

#[node]
async fn generic<T: Send>(_: T) {}

fn main() {
    let _ = flow! { generic };
}
