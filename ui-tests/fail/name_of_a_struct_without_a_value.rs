//! One error: a node with fields, and no value of it.
use penguiflow::prelude::*;

struct Search { host: String }

#[node]
impl Search {
    async fn call(&self, query: String) -> String { format!("{}{query}", self.host) }
}

fn main() {
    let _ = flow! { Search };
}
