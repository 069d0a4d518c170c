//! One error: a public flow takes a private type.
use penguiflow::prelude::*;

mod handbook {
    use super::*;

    struct Question;

    #[node]
    async fn ask(_: Question) -> String { String::new() }

    flow! {
        pub struct Support(Question) -> String;

        ask;
    }
}

fn main() {
    let _ = handbook::Support::flow();
}
