//! One error: a guard is a `bool`.
use penguiflow::prelude::*;

#[node]
async fn triage(n: u32) -> u32 { n }

#[node]
async fn large(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { triage -> match { n if n => large, _ => large } };
}
