//! One error: all arms of a match go back, and nothing comes to what follows it.
use penguiflow::prelude::*;

#[node]
async fn ask(n: u32) -> Option<u32> { n.checked_sub(1) }

#[node]
async fn again(n: u32) -> u32 { n }

#[node]
async fn print(n: u32) -> String { n.to_string() }

fn main() {
    let _ = flow! {
        ask -> match {
            0 => ask,
            _ => again -> ask,
        } -> print
    };
}
