//! One error: `retry_if` of another type.
use penguiflow::prelude::*;

#[derive(Debug)]
struct Oops;

impl std::fmt::Display for Oops {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) }
}

impl std::error::Error for Oops {}

fn transient(error: &str) -> bool { error.is_empty() }

#[node(retries = 2, retry_if = transient)]
async fn a(_: &String) -> Result<(), Oops> { Err(Oops) }

fn main() {}
