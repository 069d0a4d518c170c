//! One error: what a loop breaks with is meant to go on to the next node.
use penguiflow::prelude::*;

use std::ops::ControlFlow;

struct Answer;

#[node]
async fn think(draft: String) -> ControlFlow<Answer, String> { ControlFlow::Continue(draft) }

#[node]
async fn format(_: Answer) -> String { String::new() }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let flow = flow! { think -> think -> format };
    let _ = flow.run(String::new()).await;
}
