//! Two errors: two nodes take parts that the state does not have.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Index;

#[derive(Clone)]
struct Cache;

#[derive(Clone)]
struct App;

#[node]
async fn search(query: String, State(_): State<Index>) -> String { query }

#[node]
async fn keep(query: String, State(_): State<Cache>) -> String { query }

fn main() {
    let _ = flow! { search -> keep }.with_state(App).run(String::new());
}
