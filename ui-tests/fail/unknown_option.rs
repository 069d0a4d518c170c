//! Two errors: options that do not exist.
use penguiflow::prelude::*;

#[node(retry = 3)]
async fn one(_: String) {}

#[node(penguins = 3)]
async fn two(_: String) {}

fn main() {
    let _ = flow! { one };
    let _ = flow! { two };
}
