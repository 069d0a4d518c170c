//! One error: a node outputs what is in its `Result`, `Option` or `ControlFlow`.
use penguiflow::prelude::*;

#[node]
async fn parse(text: String) -> Result<Option<u32>, std::num::ParseIntError> { text.parse().map(Some) }

#[node]
async fn print(text: Option<u32>) -> String { format!("{text:?}") }

fn main() {
    let _ = flow! { parse -> print };
}
