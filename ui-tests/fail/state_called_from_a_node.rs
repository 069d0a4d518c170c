//! One error: a flow that is called within a node takes a part that is not there.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Index;

#[node]
async fn search(query: String, State(_): State<Index>) -> String { query }

flow! {
    struct Search(String) -> String;

    search;
}

#[node]
async fn ask(question: String, ctx: Ctx) -> Result<String, FlowError> {
    ctx.call(&Search::flow(), question).await
}

fn main() {}
