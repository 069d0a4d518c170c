//! One error: an input of a join also comes by a way of its own.
use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 {
    n
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[node]
async fn text(n: u32) -> String {
    n.to_string()
}

#[node]
async fn both(_: (u32, u32)) -> u32 {
    0
}

#[node]
async fn half(n: u32) -> u32 {
    n / 2
}

#[node]
async fn show(n: u32) -> u32 {
    n
}

flow! {
    struct Twice(u32) -> u32;

    start -> [double, half] -> show;

    [show, double] -> join -> both;
}

fn main() {
    let _ = text(1);
}
