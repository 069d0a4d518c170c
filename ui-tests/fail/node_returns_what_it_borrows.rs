//! One error: a node returns a borrow.
use penguiflow::prelude::*;

#[node]
async fn first(text: &String) -> &str { text }

fn main() {}
