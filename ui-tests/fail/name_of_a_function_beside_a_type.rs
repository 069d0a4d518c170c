//! One error: a function without `#[node]`, beside a type that is called nearly like it.
use penguiflow::prelude::*;

#[node]
async fn triage(question: String) -> String { question }

async fn pack(question: String) -> String { question }

struct Pack;

flow! {
    struct Support(String) -> String;

    triage -> pack;
}

fn main() {
    let _ = Support::flow().start();
    let _ = (pack(String::new()), Pack);
}
