//! Two errors: nodes validate payloads that have no rules.
use penguiflow::prelude::*;

struct Question;
struct Docs;

#[node(validate = "in")]
async fn retrieve(question: &Message<Question>) -> Docs {
    let Question = question.payload;
    Docs
}

#[node(validate = "out", retries = 1)]
async fn pack(docs: &Docs) -> Result<Option<Docs>, String> {
    let Docs = docs;
    Ok(None)
}

fn main() {
    let _ = flow! { retrieve -> pack };
}
