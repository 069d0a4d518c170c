//! One error: a node of a map leads out of it.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> { vec![n] }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

#[node]
async fn triple(n: u32) -> u32 { n * 3 }

flow! {
    struct Left(u32) -> Vec<u32>;

    list -> [double; 8] -> join;
    double -> triple;
}

fn main() {}
