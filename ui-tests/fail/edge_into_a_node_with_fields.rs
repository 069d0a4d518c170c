//! One error: a node with fields is called by its type.
use penguiflow::prelude::*;

struct Search;

#[node]
impl Search {
    async fn call(&self, query: String) -> String { query }
}

#[node]
async fn length(text: String) -> usize { text.len() }

fn main() {
    let _ = flow! {
        let web: Search = Search;
        length -> web
    };
}
