//! One error: what a join makes is sent to two nodes.
use penguiflow::prelude::*;

struct Docs;

#[node]
async fn find(_: String) -> Docs { Docs }

#[node]
async fn ask(_: String) -> Docs { Docs }

#[node]
async fn left(_: &Docs) -> usize { 0 }

#[node]
async fn right(_: &Docs) -> usize { 1 }

fn main() {
    let _ = flow! { [find, ask] -> race -> [left, right] };
}
