//! One error: a node asks for its context, and takes no message.
use penguiflow::prelude::*;

#[node]
async fn tick(ctx: Ctx) -> u32 { ctx.attempt() }

fn main() {
    let _ = flow! { tick };
}
