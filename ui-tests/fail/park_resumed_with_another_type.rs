//! One error: a flow is resumed with what it never waits for.
use penguiflow::prelude::*;

struct Approval;

#[node]
async fn draft(topic: String) -> String { topic }

#[node]
async fn publish((draft, _): (String, Approval)) -> String { draft }

flow! {
    struct Press(String) -> String;

    draft -> await Approval -> publish;
}

fn main() {
    let id = Message::new(()).trace_id;
    let _ = async { Press::flow().resume(id, "approved").await };
}
