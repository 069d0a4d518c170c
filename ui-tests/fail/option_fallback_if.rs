//! One error: `fallback_if` of another type.
use penguiflow::prelude::*;

#[derive(Debug)]
struct Oops;

impl std::fmt::Display for Oops {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) }
}

impl std::error::Error for Oops {}

fn outage(error: &str) -> bool { error.is_empty() }

#[node(retries = 2, fallback_if = outage)]
async fn a(_: &String) -> Result<(), Oops> { Err(Oops) }

fn main() {}
