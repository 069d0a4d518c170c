//! One error: a backoff that shrinks.
use penguiflow::prelude::*;

#[node(retries = 2, backoff = "2s..1s")]
async fn d(text: String) -> Result<String, String> { Ok(text) }

fn main() {}
