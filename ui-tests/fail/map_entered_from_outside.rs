//! One error: a node of a map is reached from outside of it.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> { vec![n] }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

#[node]
async fn first(list: Vec<u32>) -> u32 { list[0] }

flow! {
    struct Entered(u32) -> u32;

    list -> [double; 8] -> join -> first -> double;
}

fn main() {}
