//! One error: a race of two types.
use penguiflow::prelude::*;

#[node]
async fn double(n: u32) -> u32 { n * 2 }

#[node]
async fn print(n: u32) -> String { n.to_string() }

fn main() {
    let _ = flow! { [double, print] -> race };
}
