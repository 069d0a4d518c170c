//! One error: two nodes of a flow were given the same name.
use penguiflow::prelude::*;

#[node(name = "search")]
async fn web(query: String) -> String { query }

#[node(name = "search")]
async fn wiki(query: String) -> String { query }

flow! {
    struct Search(String) -> String;

    web -> wiki;
}

fn main() {}
