//! Three errors: an edge, the entry and the exit do not fit.
use penguiflow::prelude::*;

#[node]
async fn count(text: String) -> usize { text.len() }

#[node]
async fn shout(text: String) -> String { text }

flow! {
    struct Wrong(u32) -> usize;

    count -> shout;
}

fn main() {}
