//! One error: an item that is sent to two nodes.
use penguiflow::prelude::*;

struct Doc;

#[node]
async fn list(_: String) -> Vec<Doc> { vec![Doc] }

#[node]
async fn left(_: &Doc) -> usize { 0 }

#[node]
async fn right(_: &Doc) -> usize { 1 }

fn main() {
    let _ = flow! { list -> [[left, right] -> join; 8] -> join };
}
