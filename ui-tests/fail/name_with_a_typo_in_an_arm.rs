//! One error: a misspelt node in an arm.
use penguiflow::prelude::*;

#[node]
async fn triage(n: u32) -> u32 { n }

#[node]
async fn small(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { triage -> match { 0 => small, n => smal(n) } }.run(1);
}
