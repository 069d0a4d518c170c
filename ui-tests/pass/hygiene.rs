//! The macros need nothing in scope but themselves.
#![no_implicit_prelude]
#![deny(warnings)]

use ::penguiflow::{flow, node};

#[node(timeout = "1s", retries = 2)]
async fn ask(question: &::std::string::String) -> usize {
    question.len()
}

flow! {
    struct Ask(::std::string::String) -> usize;

    ask;
}

fn main() {
    let _ = Ask::flow();
    let _ = flow! { ask };
}
