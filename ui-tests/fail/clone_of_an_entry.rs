//! One error: a flow with two entries takes what is not `Clone`.
use penguiflow::prelude::*;

struct Question;

#[node]
async fn find(_: &Question) -> usize { 0 }

#[node]
async fn ask(_: &Question) -> usize { 1 }

flow! {
    struct Both(Question) -> usize;

    [find, ask] -> race;
}

fn main() {}
