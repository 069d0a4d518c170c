//! One error: the end of one arm does not fit what follows the `match`.
use penguiflow::prelude::*;

#[node]
async fn triage(n: u32) -> u32 { n }

#[node]
async fn print(n: u32) -> String { n.to_string() }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

#[node]
async fn show(text: String) -> String { text }

fn main() {
    let _ = flow! { triage -> match { 0 => print, _ => double } -> show };
}
