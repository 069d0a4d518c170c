//! One error: a retried node takes its message by value.
use penguiflow::prelude::*;

struct Question;

#[node(retries = 3)]
async fn ask(_: Question) -> Result<String, String> { Ok(String::new()) }

fn main() {}
