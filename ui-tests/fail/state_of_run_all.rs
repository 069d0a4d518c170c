//! One error: `run_all` without the state that a node takes.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Index;

#[node]
async fn search(query: String, State(_): State<Index>) -> String { query }

fn main() {
    let _ = flow! { search }.run_all(String::new());
}
