//! One error: an arm that leads to two nodes.
use penguiflow::prelude::*;

struct Docs;

#[node]
async fn fetch(_: String) -> Docs { Docs }

#[node]
async fn left(_: &Docs) -> usize { 0 }

#[node]
async fn right(_: &Docs) -> usize { 1 }

fn main() {
    let _ = flow! { fetch -> match { docs if true => [left, right], _ => left } };
}
