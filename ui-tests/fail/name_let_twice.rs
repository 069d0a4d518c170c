//! One error: two values of one name.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Search;

#[node]
impl Search {
    async fn call(&self, query: String) -> String { query }
}

fn main() {
    let _ = flow! {
        let web: Search = Search;
        let web: Search = Search;
        web
    };
}
