//! One error: what is before a map has no items.
use penguiflow::prelude::*;

struct Docs;

#[node]
async fn search(_: String) -> Docs { Docs }

#[node]
async fn length(word: &String) -> usize { word.len() }

fn main() {
    let _ = flow! { search -> [length; 8] -> join };
}
