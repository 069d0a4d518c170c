//! One error: the message is the last parameter, and not the first.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Question;

#[node]
async fn start(text: String) -> Question { let _ = text; Question }

#[node]
async fn ask(ctx: Ctx, question: &Question) -> String { let _ = (ctx, question); String::new() }

fn main() {
    let _ = flow! { start -> ask };
}
