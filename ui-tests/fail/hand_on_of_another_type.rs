//! One error: a quorum of `_` and a branch of another type.
use penguiflow::prelude::*;

#[node]
async fn fetch(url: String) -> String { url }

#[node]
async fn count(page: &str) -> usize { page.len() }

#[node]
async fn size(page: String) -> usize { page.len() }

fn main() {
    let _ = flow! { fetch -> [count, size, _] -> quorum(2) };
}
