//! One error: the inputs of a join are on different arms of one `match`.
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
async fn both(_: (u32, String)) -> u32 {
    0
}

flow! {
    struct Never(u32) -> u32;

    start -> match {
        0 => double,
        n => text(n),
    };
    [double, text] -> join -> both;
}

fn main() {}
