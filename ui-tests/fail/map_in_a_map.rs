//! One error: the items of a map within a map are of another type.
use penguiflow::prelude::*;

#[node]
async fn lines(text: String) -> Vec<String> { vec![text] }

#[node]
async fn words(line: String) -> Vec<String> { vec![line] }

#[node]
async fn double(n: usize) -> usize { n * 2 }

fn main() {
    let _ = flow! { lines -> [words -> [double; 8] -> join; 8] -> join };
}
