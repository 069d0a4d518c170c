//! Six errors: all that has no bound is named, where it stands.
use penguiflow::prelude::*;

#[node(timeout = "2s")]
async fn list(n: u32) -> Vec<u32> {
    vec![n]
}

#[node(timeout = "2s")]
async fn score(n: u32) -> u32 {
    n
}

#[node]
async fn pack(n: u32) -> u32 {
    n
}

flow! {
    #[flow(worst_case = "20s")]
    struct Line(u32) -> u32;

    score -> pack;
}

#[node]
async fn print(n: u32) -> u32 {
    n
}

flow! {
    struct Inner(u32) -> u32;

    pack -> print;
}

flow! {
    #[flow(worst_case = "20s")]
    struct Both(u32) -> u32;

    print -> score -> Inner;
}

flow! {
    #[flow(worst_case = "20s")]
    struct Outer(u32) -> u32;

    score -> Line;
}

flow! {
    #[flow(worst_case = "20s")]
    struct Mapped(u32) -> Vec<u32>;

    list -> [score; 8] -> join;
}

flow! {
    #[flow(worst_case = "20s")]
    struct Parked(u32) -> (u32, String);

    score -> await String;
}

fn main() {}
