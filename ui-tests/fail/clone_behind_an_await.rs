//! One error: what an `await` hands on is sent to two nodes.
use penguiflow::prelude::*;

struct Approval;

#[node]
async fn draft(topic: String) -> String { topic }

#[node]
async fn publish((draft, _): &(String, Approval)) -> String { draft.clone() }

#[node]
async fn file((draft, _): &(String, Approval)) -> String { draft.clone() }

fn main() {
    let _ = flow! { draft -> await Approval -> [publish, file] };
}
