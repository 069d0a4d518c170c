//! One error: a boxed error is `Send`, and not `Sync`.
use penguiflow::prelude::*;

use std::error::Error;

#[node]
async fn read(path: String) -> Result<String, Box<dyn Error + Send>> { Ok(path) }

fn main() {
    let _ = flow! { read };
}
