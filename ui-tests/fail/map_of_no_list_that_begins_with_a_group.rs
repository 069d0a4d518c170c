//! One error: the same, where the map begins with a group.
use penguiflow::prelude::*;

#[node]
async fn count(text: String) -> usize { text.len() }

#[node]
async fn double(n: usize) -> usize { n * 2 }

#[node]
async fn halve(n: usize) -> usize { n / 2 }

fn main() {
    let _ = flow! { count -> [[double, halve] -> join; 8] -> join };
}
