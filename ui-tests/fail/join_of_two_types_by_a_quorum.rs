//! One error: a quorum of two types.
use penguiflow::prelude::*;

#[node]
async fn double(n: u32) -> u32 { n * 2 }

#[node]
async fn halve(n: u32) -> u32 { n / 2 }

#[node]
async fn print(n: u32) -> String { n.to_string() }

fn main() {
    let _ = flow! { [double, halve, print] -> quorum(2) };
}
