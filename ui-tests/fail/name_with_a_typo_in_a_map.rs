//! One error: a misspelt node in a map.
use penguiflow::prelude::*;

#[node]
async fn words(text: String) -> Vec<String> { vec![text] }

#[node]
async fn length(word: String) -> usize { word.len() }

fn main() {
    let _ = flow! { words -> [lenght; 8] -> join }.run(String::new());
}
