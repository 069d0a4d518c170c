//! One error: how many items run at once is known when the flow is compiled.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> { vec![n] }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

async fn run(at_once: usize) {
    let _ = flow! { list -> [double; at_once] -> join }.run(1).await;
}

fn main() {
    let _ = run(8);
}
