//! One error: the flow's output cannot be the body of a response.
use penguiflow::prelude::*;
use penguiflow_serve::routes;

struct Answer { text: String }

#[node]
async fn answer(text: String) -> Answer { Answer { text } }

fn main() {
    let running = flow! { answer }.start();
    let _ = routes("support", running).open();
}
