//! One error: the flow runs without the state that a node takes a part of.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Index;

#[node]
async fn search(query: String, State(_): State<Index>) -> String {
    query
}

flow! {
    struct Search(String) -> String;

    search;
}

#[derive(Clone)]
struct App;

async fn run() -> Result<String, FlowError> {
    Search::flow().with_state(App).run(String::new()).await
}

fn main() {
    let _ = run();
}
