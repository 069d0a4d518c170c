//! One error: `run` is awaited without the state that a node takes.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Index;

#[node]
async fn search(query: String, State(_): State<Index>) -> String { query }

async fn run() -> Result<String, FlowError> {
    flow! { search }.run(String::new()).await
}

fn main() {
    let _ = run();
}
