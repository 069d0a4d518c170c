//! Two errors: a part takes another type, and outputs another one.
use penguiflow::prelude::*;

#[node]
async fn count(text: String) -> usize { text.len() }

#[node]
async fn shout(text: String) -> String { text }

#[node]
async fn trim(text: String) -> String { text }

#[node]
async fn double(n: usize) -> usize { n * 2 }

fn main() {
    let _ = flow! { count -> (shout -> trim) -> double };
}
