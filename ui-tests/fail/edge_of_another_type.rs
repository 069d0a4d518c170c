//! One error: `pack` does not take what `triage` outputs (fault b26 of the original).
use penguiflow::prelude::*;

struct Question;
struct Routed;
struct Docs;
struct Context;

#[node]
async fn triage(_: Question) -> Routed {
    Routed
}

#[node]
async fn pack(_: Docs) -> Context {
    Context
}

fn main() {
    let _ = flow! {
        triage -> pack
    };
}
