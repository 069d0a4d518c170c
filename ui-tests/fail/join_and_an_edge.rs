//! Two errors: a join that never fills, and in another flow an edge that does not fit.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

#[node]
async fn print(n: u32) -> String { n.to_string() }

fn main() {
    let _ = flow! {
        start -> match { 0 => double, _ => print };
        [double, print] -> join
    };
    let _ = flow! { print -> double };
}
