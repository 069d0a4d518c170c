//! One error: what goes round a loop is not what it began with.
use penguiflow::prelude::*;

#[node]
async fn plan(step: u32) -> String { step.to_string() }

#[node]
async fn act(step: String) -> ControlFlow<String, String> { ControlFlow::Break(step) }

fn main() {
    let _ = flow! { plan -> act -> plan };
}
