//! One error: the state derives `FromRef`, but has no such field.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Index;

#[derive(Clone)]
struct Cache;

#[derive(Clone, FromRef)]
struct App { cache: Cache }

#[node]
async fn search(query: String, State(_): State<Index>) -> String { query }

#[node]
async fn keep(query: String, State(_): State<Cache>) -> String { query }

fn main() {
    let app = App { cache: Cache };
    let _ = flow! { search -> keep }.with_state(app).run(String::new());
}
