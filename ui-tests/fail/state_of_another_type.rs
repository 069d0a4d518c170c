//! One error: the flow's state has no such part.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Index;

#[derive(Clone)]
struct App;

#[node]
async fn search(query: String, State(_): State<Index>) -> String { query }

flow! {
    struct Search(String) -> String;

    search;
}

fn main() {
    let _ = Search::flow().with_state(App).run(String::new());
}
