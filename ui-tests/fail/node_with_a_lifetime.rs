//! One error: a node names a lifetime.
use penguiflow::prelude::*;

#[node]
async fn trim<'a>(text: &'a String) -> String { text.trim().to_owned() }

fn main() {
    let _ = flow! { trim };
}
