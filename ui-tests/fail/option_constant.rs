//! Three errors: constants of another type, and one that does not exist.
use penguiflow::prelude::*;

const SEARCH: u64 = 2;
const RETRIES: &str = "3";

#[node(timeout = SEARCH)]
async fn search(question: String) -> String {
    question
}

#[node(retries = RETRIES)]
async fn rank(question: String) -> Result<String, String> {
    Ok(question)
}

#[node(timeout = MISSING)]
async fn pack(question: String) -> String {
    question
}

fn main() {}
