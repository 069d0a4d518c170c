//! One error: no node is before the list with `_`.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { [a, _] -> join };
}
