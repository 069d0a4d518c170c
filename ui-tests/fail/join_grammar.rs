//! Four errors: what is no join.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 {
    n
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[node]
async fn text(n: u32) -> String {
    n.to_string()
}

fn main() {
    let _ = flow! { start -> join -> text };
    let _ = flow! { join -> text };
    let _ = flow! { start -> [double, text] -> quorum(3) };
    let _ = flow! { start -> [double, text] -> quorum(two) };
}
