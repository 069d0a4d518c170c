//! One error: a header names a type that does not exist.
use penguiflow::prelude::*;

struct Question;

#[node]
async fn ask(_: Question) -> usize { 0 }

flow! {
    struct Support(Qestion) -> usize;

    ask;
}

fn main() {
    let _ = Support::flow().run(Question);
}
