//! One error: a plain function returns a future.
use penguiflow::prelude::*;

use std::future::Future;

#[node]
fn read(path: String) -> impl Future<Output = String> { async { path } }

fn main() {
    let _ = flow! { read };
}
