//! Three errors: no list, an item of another type, and results of another type.
use penguiflow::prelude::*;

struct Docs;

#[node]
async fn search(_: String) -> Docs {
    Docs
}

#[node]
async fn words(text: String) -> Vec<String> {
    vec![text]
}

#[node]
async fn length(word: &String) -> usize {
    word.len()
}

#[node]
async fn double(n: usize) -> usize {
    n * 2
}

#[node]
async fn total(n: usize) -> usize {
    n
}

flow! {
    struct NoList(String) -> Vec<usize>;

    search -> [length; 8] -> join;
}

flow! {
    struct OtherItems(String) -> Vec<usize>;

    words -> [double; 8] -> join;
}

flow! {
    struct OtherResults(String) -> usize;

    words -> [length; 8] -> join -> total;
}

fn main() {}
