//! Two errors: what is sent to two nodes is not `Clone`, and one of them takes another type.
use penguiflow::prelude::*;

struct Docs;

#[node]
async fn fetch(_: String) -> Docs { Docs }

#[node]
async fn left(_: &Docs) -> usize { 0 }

#[node]
async fn right(_: String) -> usize { 1 }

fn main() {
    let _ = flow! { fetch -> [left, right] };
}
