//! One error: a node's future cannot move between threads.
use penguiflow::prelude::*;

use std::rc::Rc;

#[node]
async fn stay(text: String) -> usize {
    let rc = Rc::new(text);
    std::future::ready(()).await;
    rc.len()
}

fn main() {
    let _ = flow! { stay }.run(String::new());
}
