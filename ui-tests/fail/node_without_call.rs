//! One error: an `impl` has no method `call`.
use penguiflow::prelude::*;

struct Search;

#[node]
impl Search {
    async fn search(&self, _: String) {}
}

fn main() {
    let _ = Search;
}
