//! Two errors: a map's limit is a number that is known when the flow is compiled.
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
    let at_once = 8;
    let _ = flow! { list -> [double; at_once] -> join };
    let _ = flow! { list -> [double; "8"] -> join };
}
