//! One error: an edge within the chain of a map.
use penguiflow::prelude::*;

#[node]
async fn words(text: String) -> Vec<String> { vec![text] }

#[node]
async fn length(word: String) -> usize { word.len() }

#[node]
async fn shout(word: String) -> String { word }

fn main() {
    let _ = flow! { words -> [length -> shout; 8] -> join };
}
