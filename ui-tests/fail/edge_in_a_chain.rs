//! One error: `pack` does not take what `triage` outputs.
use penguiflow::prelude::*;

struct Question;
struct Routed;
struct Docs;

#[node]
async fn triage(_: Question) -> Routed { Routed }

#[node]
async fn pack(_: Docs) -> usize { 0 }

fn main() {
    let _ = flow! { triage -> pack };
}
