//! One error: what is sent three ways is not `Clone`, which is said once.
use penguiflow::prelude::*;

struct Docs;

#[node]
async fn fetch(_: String) -> Docs { Docs }

#[node]
async fn left(_: &Docs) -> usize { 0 }

#[node]
async fn middle(_: &Docs) -> usize { 1 }

#[node]
async fn right(_: &Docs) -> usize { 2 }

fn main() {
    let _ = flow! { fetch -> [left, middle, right] -> join };
}
