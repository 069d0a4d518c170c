//! Two errors: a durable flow takes and makes borrows, which could not be read back.
use penguiflow::prelude::*;

#[node]
async fn name(_: u32) -> &'static str { "emperor" }

#[node]
async fn length(name: &'static str) -> usize { name.len() }

flow! {
    #[flow(durable)]
    struct Names(u32) -> usize;

    name -> length;
}

flow! {
    #[flow(durable)]
    struct Lengths(&'static str) -> usize;

    length;
}

fn main() {
    let _ = Names::flow().run(1);
}
