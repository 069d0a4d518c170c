//! One error: what is emitted is not a message of the flow.
use penguiflow::prelude::*;

#[node]
async fn ask(question: String) -> usize { question.len() }

#[tokio::main]
async fn main() {
    let running = flow! { ask }.start();
    running.emit("what do penguins eat").await.unwrap();
    running.emit(5_u32).await.unwrap();
}
