//! One error: a `let` without a value.
use penguiflow::prelude::*;

struct Search;

#[node]
impl Search {
    async fn call(&self, query: String) -> String { query }
}

fn main() {
    let _ = flow! { let web: Search; web };
}
