//! One error: what a loop breaks with is not what the flow yields.
use penguiflow::prelude::*;

struct Draft;
struct Answer;

#[node]
async fn controller(n: u32) -> ControlFlow<Draft, u32> {
    if n > 3 { ControlFlow::Break(Draft) } else { ControlFlow::Continue(n + 1) }
}

flow! {
    struct Agent(u32) -> Answer;

    controller -> controller;
}

fn main() {}
