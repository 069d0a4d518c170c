//! Two errors: the flow's signature does not fit its entry, nor its exit.
use penguiflow::prelude::*;

struct Question;
struct Prompt;

#[node]
async fn ask(_: String) -> usize {
    0
}

flow! {
    struct Support(Question) -> Prompt;

    ask;
}

fn main() {}
