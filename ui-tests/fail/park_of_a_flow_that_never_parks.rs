//! One error: a flow without `await` is resumed.
use penguiflow::prelude::*;

#[node]
async fn draft(topic: String) -> String { topic }

flow! {
    struct Press(String) -> String;

    draft;
}

fn main() {
    let id = Message::new(()).trace_id;
    let _ = async { Press::flow().resume(id, "approved").await };
}
