//! One error: a node with fields runs in a thread of its own.
use penguiflow::prelude::*;

struct Search;

#[node(blocking)]
impl Search {
    fn call(&self, query: String) -> String { query }
}

fn main() {}
