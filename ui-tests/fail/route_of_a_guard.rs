//! One error: a guard may be false, so the rest is not handled.
use penguiflow::prelude::*;

#[node]
async fn triage(n: u32) -> u32 { n }

#[node]
async fn large(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { triage -> match { n if *n > 9 => large } };
}
