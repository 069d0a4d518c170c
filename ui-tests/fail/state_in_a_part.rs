//! One error: the flow's state lacks what a node in a part extracts.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Db;

#[node]
async fn a(n: u32) -> u32 { n }

#[node]
async fn b(n: u32, State(_): State<Db>) -> u32 { n }

#[tokio::main]
async fn main() {
    let flow = flow! { a -> (b) };
    let _ = flow.run(1).await;
}
