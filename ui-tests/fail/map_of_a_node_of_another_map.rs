//! One error: a node stands in two maps.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> { vec![n] }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

flow! {
    struct Two(u32) -> (Vec<u32>, Vec<u32>);

    list -> [[double; 8] -> join, [double; 8] -> join] -> join;
}

fn main() {}
