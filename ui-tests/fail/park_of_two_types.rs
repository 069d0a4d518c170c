//! One error: a flow that waits for two types is resumed with a third.
use penguiflow::prelude::*;

struct Approval;
struct Signature;

#[node]
async fn draft(topic: String) -> String { topic }

#[node]
async fn publish((draft, _): (String, Approval)) -> String { draft }

#[node]
async fn sign((draft, _): (String, Signature)) -> String { draft }

flow! {
    struct Press(String) -> String;

    draft -> await Approval -> publish -> await Signature -> sign;
}

fn main() {
    let id = Message::new(()).trace_id;
    let _ = async { Press::flow().resume(id, "approved").await };
}
