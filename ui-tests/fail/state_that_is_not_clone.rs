//! One error: a part of the state is not `Clone`.
use penguiflow::prelude::*;

struct Index;

#[node]
async fn search(query: String, State(_): State<Index>) -> String { query }

fn main() {
    let _ = flow! { search }.with_state(Index).run(String::new());
}
