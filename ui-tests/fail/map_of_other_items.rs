//! One error: the items are of another type.
use penguiflow::prelude::*;

#[node]
async fn words(text: String) -> Vec<String> { vec![text] }

#[node]
async fn double(n: usize) -> usize { n * 2 }

fn main() {
    let _ = flow! { words -> [double; 8] -> join };
}
