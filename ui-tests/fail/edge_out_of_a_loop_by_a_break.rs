//! One error: what a loop breaks with is meant to go on to the next node.
use penguiflow::prelude::*;

use std::ops::ControlFlow;

struct Answer;

#[node]
async fn think(draft: String) -> ControlFlow<Answer, String> { ControlFlow::Continue(draft) }

#[node]
async fn format(_: Answer) -> String { String::new() }

fn main() {
    let _ = flow! { think -> think -> format }.start();
}
