//! Five errors: what is no rule for the headers after joins.
use penguiflow::prelude::*;

#[node(headers = "first")]
async fn a(n: u32) -> u32 { n }

flow! {
    #[flow(headers = "last")]
    struct A(u32) -> u32;

    a;
}

flow! {
    #[flow(headers = first)]
    struct B(u32) -> u32;

    a;
}

flow! {
    #[flow(headers)]
    struct C(u32) -> u32;

    a;
}

fn main() {
    flow! {
        #[flow(headers = "none")]
        a
    };
}
