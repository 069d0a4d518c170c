//! One error: what a node takes cannot move between threads.
use penguiflow::prelude::*;

use std::rc::Rc;

#[node]
async fn count(text: Rc<String>) -> usize { text.len() }

fn main() {
    let _ = flow! { count };
}
