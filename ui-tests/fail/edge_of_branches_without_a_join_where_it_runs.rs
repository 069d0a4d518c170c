//! One error: a `join` is missing in a flow that is started.
use penguiflow::prelude::*;

#[node]
async fn start(query: String) -> String { query }

#[node]
async fn web(_: String) -> u32 { 1 }

#[node]
async fn wiki(_: String) -> u64 { 2 }

#[node]
async fn pack((web, wiki): (u32, u64)) -> u64 { u64::from(web) + wiki }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let running = flow! { start -> [web, wiki] -> pack }.start();
    let _ = running.emit("penguins".to_owned()).await;
    let _ = running.fetch().await;
}
