//! One error: a map of no list.
use penguiflow::prelude::*;

#[node]
async fn double(n: u32) -> u32 { n * 2 }

fn main() {
    let _ = flow! { [double; 8] -> join };
}
