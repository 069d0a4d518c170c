//! One error: a value that no edge names.
use penguiflow::prelude::*;

struct Search;

#[node]
impl Search {
    async fn call(&self, query: String) -> String { query }
}

#[node]
async fn triage(question: String) -> String { question }

fn main() {
    let _ = flow! {
        let web: Search = Search;
        triage
    };
}
