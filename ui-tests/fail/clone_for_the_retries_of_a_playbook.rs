//! One error: a retried flow is given its input again.
use penguiflow::prelude::*;

struct Question;

#[node]
async fn ask(_: &Question) -> String { String::new() }

flow! {
    #[flow(retries = 3)]
    struct Asking(Question) -> String;

    ask;
}

fn main() {}
