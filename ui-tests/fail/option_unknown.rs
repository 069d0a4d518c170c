//! One error: an option that is misspelt.
use penguiflow::prelude::*;

#[node(retrys = 3)]
async fn one(_: String) {}

fn main() {
    let _ = flow! { one };
}
