//! One error: a part waits for a value.
use penguiflow::prelude::*;

struct Approval;

#[node]
async fn draft(n: u32) -> u32 { n }

#[node]
async fn check(n: u32) -> u32 { n }

#[node]
async fn publish(_: (u32, Approval)) -> u32 { 0 }

fn main() {
    let _ = flow! { draft -> (check -> await Approval) -> publish };
}
