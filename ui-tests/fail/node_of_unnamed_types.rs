//! Two errors: a node's types have no names.
use penguiflow::prelude::*;

#[node]
async fn unnamed(_: impl Into<String>) -> impl Iterator<Item = u32> {
    std::iter::empty()
}

fn main() {}
