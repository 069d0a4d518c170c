//! Five errors: an `await` needs what is parked, what is waited for, and a time after `within`.
use penguiflow::prelude::*;

struct Approval;

#[node]
async fn draft(topic: String) -> String {
    topic
}

#[node]
async fn publish((draft, _): (String, Approval)) -> String {
    draft
}

fn main() {
    let _ = flow! { await Approval -> publish };
    let _ = flow! { draft -> await -> publish };
    let _ = flow! { draft -> await Approval within -> publish };
    let _ = flow! { draft -> await Approval within 24 -> publish };
    let _ = flow! { draft -> await Approval within "a day" -> publish };
}
