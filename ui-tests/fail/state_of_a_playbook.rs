//! One error: a node of a playbook takes a part of the outer flow's state.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Index;

#[node]
async fn search(query: String, State(_): State<Index>) -> String { query }

#[node]
async fn print(text: String) -> String { text }

flow! {
    struct Search(String) -> String;

    search;
}

flow! {
    struct Outer(String) -> String;

    Search -> print;
}

fn main() {
    let _ = Outer::flow().run(String::new());
}
