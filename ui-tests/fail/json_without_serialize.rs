//! One error: the output of a flow that is erased cannot be written as JSON.
use penguiflow::prelude::*;

struct Receipt { count: u32 }

#[node]
async fn count(count: u32) -> Receipt { Receipt { count } }

fn main() {
    let _ = flow! { count }.erase();
}
