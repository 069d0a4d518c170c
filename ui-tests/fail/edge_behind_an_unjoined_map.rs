//! One error: each item goes on by itself.
use penguiflow::prelude::*;

#[node]
async fn words(text: String) -> Vec<String> { vec![text] }

#[node]
async fn length(word: String) -> usize { word.len() }

#[node]
async fn total(all: Vec<usize>) -> usize { all.len() }

fn main() {
    let _ = flow! { words -> [length; 8] -> total };
}
