//! One error: a boxed error does not move between threads.
use penguiflow::prelude::*;

use std::error::Error;

#[node]
async fn read(path: String) -> Result<String, Box<dyn Error>> { Ok(path) }

fn main() {
    let _ = flow! { read };
}
