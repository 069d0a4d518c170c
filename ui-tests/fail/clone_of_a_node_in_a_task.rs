//! One error: a node with fields runs in a task of its own.
use penguiflow::prelude::*;

struct Search;

#[node(spawn)]
impl Search {
    async fn call(&self, query: String) -> String { query }
}

fn main() {}
