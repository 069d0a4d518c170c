//! One error: a flow with nothing in it.
use penguiflow::prelude::*;

fn main() {
    let _ = flow! {};
}
