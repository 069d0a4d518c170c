//! One error: a name in an arm's expression does not exist.
use penguiflow::prelude::*;

#[node]
async fn triage(n: u32) -> u32 { n }

#[node]
async fn large(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { triage -> match { number => large(numbr) } };
}
