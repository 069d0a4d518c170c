//! One error: one branch leads to several inputs of a `settle`.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 { n }

#[node]
async fn one(n: u32) -> u32 { n }

#[node]
async fn two(n: u32) -> u32 { n }

#[node]
async fn a(n: u32) -> u32 { n }

#[node]
async fn b(n: u32) -> u32 { n }

flow! {
    struct Mixed(u32) -> (Result<u32, NodeError>, Result<u32, NodeError>, Result<u32, NodeError>);

    start -> [one -> [a, b], two];
    [a, b, two] -> settle;
}

fn main() {}
