//! One error: the ends of a `match` at one input of a join are of two types.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

#[node]
async fn print(n: u32) -> String { n.to_string() }

#[node]
async fn halve(n: u32) -> u32 { n / 2 }

fn main() {
    let _ = flow! { start -> [match { 0 => double, _ => print }, halve] -> join };
}
