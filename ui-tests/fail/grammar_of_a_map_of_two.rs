//! One error: a map of two chains.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> { vec![n] }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

#[node]
async fn triple(n: u32) -> u32 { n * 3 }

fn main() {
    let _ = flow! { list -> [double, triple; 8] -> join };
}
