//! One error: a node's `call` takes `&mut self`.
use penguiflow::prelude::*;

struct Search;

#[node]
impl Search {
    async fn call(&mut self, _: String) {}
}

fn main() {
    let _ = flow! {
        let web: Search = Search;
        web
    };
}
