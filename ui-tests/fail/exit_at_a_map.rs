//! One error: what a map makes leaves the flow.
use penguiflow::prelude::*;

#[node]
async fn words(text: String) -> Vec<String> { vec![text] }

#[node]
async fn length(word: String) -> usize { word.len() }

flow! {
    struct Lengths(String) -> usize;

    words -> [length; 8] -> join;
}

fn main() {}
