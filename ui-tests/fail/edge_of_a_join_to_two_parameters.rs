//! One error: what meets in a join is taken as two parameters.
use penguiflow::prelude::*;

#[node]
async fn start(query: String) -> String { query }

#[node]
async fn web(_: String) -> u32 { 1 }

#[node]
async fn wiki(_: String) -> u64 { 2 }

#[node]
async fn pack(web: u32, wiki: u64) -> u64 { u64::from(web) + wiki }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let flow = flow! { start -> [web, wiki] -> join -> pack };
    let _ = flow.run("penguins".to_owned()).await;
}
