//! One error: a stored step of `search` could be of either node.
use penguiflow::prelude::*;

#[node(alias = "search")]
async fn web(query: String) -> String { query }

#[node(alias = ["find", "search"])]
async fn wiki(query: String) -> String { query }

flow! {
    #[flow(durable)]
    struct Search(String) -> String;

    web -> wiki;
}

fn main() {}
