//! One error: a node validates a type that does not exist.
use penguiflow::prelude::*;

#[node(validate = "both")]
async fn retrieve(question: Qestion) -> String {
    String::new()
}

fn main() {
    let _ = flow! { retrieve };
}
