//! One error: a retried node takes by value what is not `Clone`.
use penguiflow::prelude::*;

struct Question;

#[node(retries = 2)]
async fn ask(question: Question) -> Result<(), String> {
    drop(question);
    Ok(())
}

fn main() {}
