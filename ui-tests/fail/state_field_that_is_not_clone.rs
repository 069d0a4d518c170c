//! One error: a field of the state is not `Clone`.
use penguiflow::prelude::*;

struct Index;

#[derive(FromRef)]
struct App { index: Index }

#[node]
async fn search(query: String, State(_): State<Index>) -> String { query }

fn main() {
    let _ = flow! { search }.with_state(App { index: Index }).run(String::new());
}
