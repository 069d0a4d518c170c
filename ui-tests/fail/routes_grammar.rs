//! Six errors: what is no group and no route.
use penguiflow::prelude::*;

#[node]
async fn a(n: u32) -> u32 {
    n
}

#[node]
async fn b(n: u32) -> u32 {
    n
}

fn main() {
    let _ = flow! { a -> [] };
    let _ = flow! { a -> [b a] };
    let _ = flow! { a -> match {} };
    let _ = flow! { a -> match { n -> b } };
    let _ = flow! { a -> match { n => b(n, n) } };
    let _ = flow! { match { n => b(n) } };
}
