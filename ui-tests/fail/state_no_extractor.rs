//! One error: a further parameter that is no extractor.
use penguiflow::prelude::*;

#[node]
async fn search(query: String, limit: usize) -> String { format!("{query}{limit}") }

fn main() {
    let _ = flow! { search }.run(String::new());
}
