//! One error: what follows an `await` takes what was parked, and what was awaited.
use penguiflow::prelude::*;

struct Approval;

#[node]
async fn draft(topic: String) -> String { topic }

#[node]
async fn publish(_: Approval) -> String { String::new() }

fn main() {
    let _ = flow! { draft -> await Approval -> publish };
}
