//! One error: a time that is none.
use penguiflow::prelude::*;

struct Approval;

#[node]
async fn draft(n: u32) -> u32 { n }

#[node]
async fn publish(n: (u32, Approval)) -> u32 { n.0 }

fn main() {
    let _ = flow! { draft -> await Approval within "a day" -> publish };
}
