//! One error: an `await` of nothing that is parked.
use penguiflow::prelude::*;

struct Approval;

#[node]
async fn publish(n: (u32, Approval)) -> u32 { n.0 }

fn main() {
    let _ = flow! { await Approval -> publish };
}
