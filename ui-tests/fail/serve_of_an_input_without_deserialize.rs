//! One error: the bodies of requests cannot be read as the flow's input.
use penguiflow::prelude::*;
use penguiflow_serve::routes;

struct Question { text: String }

#[node]
async fn answer(question: Question) -> String { question.text }

fn main() {
    let running = flow! { answer }.start();
    let _ = routes("support", running).open();
}
