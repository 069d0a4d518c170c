//! One error: `with_state` was forgotten.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Index;

#[node]
async fn search(query: String, State(_): State<Index>) -> String { query }

fn main() {
    let _ = flow! { search }.run(String::new());
}
