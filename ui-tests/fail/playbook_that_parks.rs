//! One error: a flow that parks as a node.
use penguiflow::prelude::*;

struct Approval;

#[node]
async fn draft(n: u32) -> u32 { n }

#[node]
async fn publish((n, _): (u32, Approval)) -> u32 { n }

#[node]
async fn notify(n: u32) -> u32 { n }

flow! {
    struct Publish(u32) -> u32;

    draft -> await Approval -> publish;
}

flow! {
    struct Outer(u32) -> u32;

    Publish -> notify;
}

fn main() {
    let _ = Outer::flow().run(1);
}
