//! One error: how many items run at once is a number.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> { vec![n] }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

fn main() {
    let _ = flow! { list -> [double; "8"] -> join };
}
