//! One error: what takes over from an `await` takes what was parked.
use penguiflow::prelude::*;

struct Approval;

#[node]
async fn draft(topic: String) -> String { topic }

#[node]
async fn shelve(n: u32) -> (String, Approval) { (n.to_string(), Approval) }

#[node]
async fn publish((draft, _): (String, Approval)) -> String { draft }

flow! {
    struct Press(String) -> String;

    draft -> await Approval within "24h" else shelve -> publish;
}

fn main() {}
