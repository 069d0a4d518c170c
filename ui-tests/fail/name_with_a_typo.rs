//! One error: a misspelt node.
use penguiflow::prelude::*;

#[node]
async fn triage(question: String) -> String { question }

#[node]
async fn pack(question: String) -> String { question }

flow! {
    struct Support(String) -> String;

    triage -> pakc;
}

fn main() {
    let _ = Support::flow().run(String::new());
}
