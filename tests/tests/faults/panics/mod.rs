//! Panics of the user's code outside of its nodes' bodies: in `Drop`, `Clone`, guards, iterators,
//! conversions and `Display`. None leaves a run, each is a failure at the node that it is about,
//! and none hides a failure, a winner or a timeout that was there before.

use std::fmt;
use std::thread::panicking;

use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::task::yield_now;

/// What a flow comes to in memory, and where each step is stored.
macro_rules! both {
    ($flow:expr, $input:expr) => {{
        let flow = $flow;
        let in_memory = flow.run_all($input).await;
        for order in penguiflow_tests::by_json::orders() {
            let by_json =
                penguiflow_tests::by_json::by_json(&flow, Message::new($input), order).await;
            match (&in_memory, by_json) {
                (Ok(one), Ok(other)) => assert_eq!(*one, other),
                (Err(one), Err(other)) => {
                    assert_eq!($crate::panics::told(one), $crate::panics::told(&other));
                }
                (one, other) => panic!("{one:?} and {other:?}"),
            }
        }
        in_memory
    }};
}

mod between_nodes;
mod dropped;
mod printed;
mod stored;

/// Panics when it is dropped.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Loud(u32);

impl Drop for Loud {
    fn drop(&mut self) {
        assert!(panicking(), "dropped {}", self.0);
    }
}

impl Loud {
    fn open(self) -> u32 {
        let n = self.0;
        std::mem::forget(self);
        n
    }
}

/// Panics when it is copied, or printed.
#[derive(Debug, Serialize, Deserialize)]
struct Touchy(u32);

impl Clone for Touchy {
    fn clone(&self) -> Self {
        panic!("copied {}", self.0)
    }
}

impl fmt::Display for Touchy {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("printed {}", self.0)
    }
}

impl std::error::Error for Touchy {}

#[node]
async fn start(n: u32) -> u32 {
    n
}

#[node]
async fn show(n: u32) -> u32 {
    n
}

#[node]
async fn good(n: u32) -> u32 {
    yield_now().await;
    n
}

#[node]
async fn bad(_: u32) -> Result<u32, &'static str> {
    yield_now().await;
    Err("no such user")
}

#[node]
async fn loud(n: u32) -> Loud {
    Loud(n)
}

#[node]
async fn sum((one, other): (u32, u32)) -> u32 {
    one + other
}

fn told(error: &FlowError) -> (ErrorKind, Option<&str>) {
    (error.kind(), error.node())
}

const fn failed(node: &str) -> (ErrorKind, Option<&str>) {
    (ErrorKind::Failed, Some(node))
}

const fn panicked(node: &str) -> (ErrorKind, Option<&str>) {
    (ErrorKind::Panicked, Some(node))
}

#[node]
async fn bad_loud(_: u32) -> Result<Loud, &'static str> {
    yield_now().await;
    Err("no such user")
}

#[node]
async fn three(_: u32) -> Vec<u32> {
    vec![0, 1, 2]
}

#[node]
async fn count(list: Vec<u32>) -> usize {
    list.len()
}

#[node]
async fn touchy(n: u32) -> Touchy {
    Touchy(n)
}

#[node]
async fn number(touchy: Touchy) -> u32 {
    touchy.0
}

#[node]
async fn kinds_of_two((one, other): (Result<u32, NodeError>, Result<u32, NodeError>)) -> String {
    let kind = |result: Result<u32, NodeError>| result.map_err(|error| error.kind);
    format!("{:?} {:?}", kind(one), kind(other))
}

#[node]
async fn number_too(touchy: Touchy) -> u32 {
    touchy.0
}
