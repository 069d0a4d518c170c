//! One error: a misspelt node in a group that is joined.
use penguiflow::prelude::*;

#[node]
async fn left(text: String) -> String { text }

#[node]
async fn right(text: String) -> String { text }

#[node]
async fn merge((left, right): (String, String)) -> String { left + &right }

fn main() {
    let _ = flow! { [left, rihgt] -> join -> merge }.run(String::new());
}
