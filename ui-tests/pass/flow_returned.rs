//! A function returns a flow, with a name or without, as any flow that takes and yields these types.
use penguiflow::prelude::*;

#[node]
async fn ask(question: String) -> usize { question.len() }

#[node]
async fn told(_: usize, State(told): State<u32>) -> u32 { told }

flow! {
    struct Ask(String) -> usize;

    ask;
}

fn named() -> Flow<Ask> { Ask::flow() }

fn expression() -> impl AnyFlow<In = String, Out = usize> { flow! { ask } }

fn with_state(state: u32) -> impl AnyFlow<In = String, Out = u32> {
    flow! { ask -> told }.with_state(state)
}

#[tokio::main]
async fn main() {
    let _ = named().run("who").await;
    let running = expression().start();
    running.emit("who").await.unwrap();
    let _: usize = running.fetch().await.unwrap().unwrap().payload;
    let _: Option<Result<TraceItem<u32>, FlowError>> = with_state(3).trace("who").next().await;
}
