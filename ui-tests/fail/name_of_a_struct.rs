//! One error: a struct without `#[node]`.
use penguiflow::prelude::*;

struct Search;

#[node]
async fn triage(question: String) -> String { question }

#[node]
async fn pack(question: String) -> String { question }

flow! {
    struct Support(String) -> String;

    triage -> Search -> pack;
}

fn main() {
    let _ = Support::flow().run(String::new());
}
