//! One error: a `let` of a struct without `#[node]`.
use penguiflow::prelude::*;

struct Search;

#[node]
async fn triage(question: String) -> String { question }

#[node]
async fn pack(question: String) -> String { question }

fn main() {
    let _ = flow! {
        let web: Search = Search;
        triage -> web -> pack
    };
}
