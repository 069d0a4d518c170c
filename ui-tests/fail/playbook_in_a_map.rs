//! One error: a flow that parks runs on each item.
use penguiflow::prelude::*;

struct Approval;

#[node]
async fn list(n: u32) -> Vec<u32> { vec![n] }

#[node]
async fn draft(n: u32) -> u32 { n }

#[node]
async fn publish((n, _): (u32, Approval)) -> u32 { n }

flow! {
    struct Publish(u32) -> u32;

    draft -> await Approval -> publish;
}

fn main() {
    let _ = flow! { list -> [Publish; 8] -> join };
}
