//! One error: a flow with a name and nothing else.
use penguiflow::prelude::*;

flow! {
    struct Support(String) -> String;
}

fn main() {}
