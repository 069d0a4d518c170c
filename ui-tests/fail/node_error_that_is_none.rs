//! One error: what a node fails with is no error.
use penguiflow::prelude::*;

struct Oops;

#[node]
async fn fail(_: String) -> Result<(), Oops> { Err(Oops) }

fn main() {
    let _ = flow! { fail }.run(String::new());
}
