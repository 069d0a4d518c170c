//! One error: the entry takes another type than the flow.
use penguiflow::prelude::*;

struct Question;

#[node]
async fn ask(text: String) -> String { text }

flow! {
    struct Support(Question) -> String;

    ask;
}

fn main() {}
