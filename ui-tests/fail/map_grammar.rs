//! Seven errors: what is no map.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> {
    vec![n]
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[node]
async fn triple(n: u32) -> u32 {
    n * 3
}

fn main() {
    let _ = flow! { list -> [double, triple; 8] -> join };
    let _ = flow! { list -> [double;] -> join };
    let _ = flow! { list -> [double; 8, triple] -> join };
    let _ = flow! { list -> [; 8] -> join };
    let _ = flow! { list -> [double; 0] -> join };
    let _ = flow! { [double; 8] -> join };
    let _ = flow! { list -> [double; 8] -> quorum(0) };
}
