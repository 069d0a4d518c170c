//! One error: a node returns a borrow in a `Result`.
use penguiflow::prelude::*;

#[node]
async fn first(text: &String) -> Result<&str, String> { text.lines().next().ok_or_else(String::new) }

fn main() {
    let _ = flow! { first };
}
