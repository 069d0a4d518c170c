//! One error: an edge within an arm.
use penguiflow::prelude::*;

#[node]
async fn triage(n: u32) -> u32 { n }

#[node]
async fn print(n: u32) -> String { n.to_string() }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

fn main() {
    let _ = flow! { triage -> match { 0 => print -> double, _ => double } };
}
