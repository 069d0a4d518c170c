//! Two errors: `#[derive(Retryable)]` with a mark on the enum, and on a union.
use penguiflow::prelude::*;

#[derive(Retryable)]
#[fatal]
enum Misspelled {
    Word,
}

#[derive(Retryable)]
union Either {
    one: u8,
    other: u16,
}

fn main() {}
