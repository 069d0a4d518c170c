//! Five errors, one for each call that gives the flow what it does not take.
use penguiflow::prelude::*;

#[node]
async fn ask(question: String) -> usize { question.len() }

struct Question;

async fn any<F: AnyFlow<In = String>>(flow: F) {
    let _ = flow.run("what do penguins eat").await;
    let _ = flow.run(Question).await;
}

#[tokio::main]
async fn main() {
    let flow = flow! { ask };
    let _ = flow.run("what do penguins eat").await;
    let _ = flow.run(Question).await;
    let _ = flow.run_all(5_u32).await;
    let _ = flow.trace(Message::new(Question));
    let running = flow.start();
    let _ = running.try_emit(&Question);
    any(flow).await;
}
