//! One error: what an `await` hands on leaves the flow.
use penguiflow::prelude::*;

struct Approval;

#[node]
async fn draft(topic: String) -> String { topic }

flow! {
    struct Press(String) -> String;

    draft -> await Approval;
}

fn main() {}
