//! One error: what follows the join of a map takes a `Vec`.
use penguiflow::prelude::*;

#[node]
async fn words(text: String) -> Vec<String> { vec![text] }

#[node]
async fn length(word: String) -> usize { word.len() }

#[node]
async fn total(n: usize) -> usize { n }

fn main() {
    let _ = flow! { words -> [length; 8] -> join -> total };
}
