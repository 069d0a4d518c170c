//! One error: a map without a limit.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> { vec![n] }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

fn main() {
    let _ = flow! { list -> [double;] -> join };
}
