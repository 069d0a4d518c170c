//! Five errors: what begins at a map's items comes to its end, once, and nothing else does.
use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> {
    vec![n]
}

#[node]
async fn lists(n: u32) -> Vec<Vec<u32>> {
    vec![vec![n]]
}

#[node]
async fn same(list: Vec<u32>) -> Vec<u32> {
    list
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[node]
async fn triple(n: u32) -> u32 {
    n * 3
}

#[node]
async fn first(list: Vec<u32>) -> u32 {
    list[0]
}

flow! {
    struct LeftFromInside(u32) -> u32;

    list -> [double; 8] -> join -> first;
    double -> triple;
}

flow! {
    struct EnteredFromOutside(u32) -> u32;

    list -> [double; 8] -> join -> first -> double;
}

flow! {
    struct InTwoMaps(u32) -> u32;

    list -> [double; 8] -> join -> [double; 8] -> join -> first;
}

flow! {
    struct TwiceForAnItem(u32) -> u32;

    list -> [[double, triple]; 8] -> join -> first;
}

flow! {
    struct ManyForAnItem(u32) -> Vec<u32>;

    lists -> [same -> [double; 8]; 8] -> join;
}

fn main() {}
