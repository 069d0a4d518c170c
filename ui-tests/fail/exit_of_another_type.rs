//! One error: the exit outputs another type than the flow.
use penguiflow::prelude::*;

struct Prompt;

#[node]
async fn ask(text: String) -> String { text }

flow! {
    struct Support(String) -> Prompt;

    ask;
}

fn main() {}
