//! Five errors: how many items a map takes.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> {
    vec![n]
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    let _ = flow! { list -> [double; 8, max = 0] -> join };
    let _ = flow! { list -> [double; max = 100] -> join };
    let _ = flow! { list -> [double; 8, most = 100] -> join };
    let _ = flow! { list -> [double; 8, max = ] -> join };
    let _ = flow! { list -> [double; 8, max = "100"] -> join };
}
