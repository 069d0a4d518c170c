//! One error: two nodes break with types that are not one.
use penguiflow::prelude::*;

#[node]
async fn plan(n: u32) -> ControlFlow<u32, u32> {
    if n > 3 { ControlFlow::Break(n) } else { ControlFlow::Continue(n + 1) }
}

#[node]
async fn act(n: u32) -> ControlFlow<String, u32> {
    if n > 3 { ControlFlow::Break(String::new()) } else { ControlFlow::Continue(n + 1) }
}

fn main() {
    let _ = flow! { plan -> act -> plan };
}
