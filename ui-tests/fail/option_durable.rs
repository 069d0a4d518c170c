//! Four errors: what is no value of `durable`, also where a durable flow is asked for.

use penguiflow::prelude::*;

#[node(durable)]
async fn double(n: u32) -> u32 {
    n * 2
}

flow! {
    #[flow(durable = true)]
    struct Doubled(u32) -> u32;
    double;
}

flow! {
    #[flow(durable = "await")]
    struct Named(u32) -> u32;
    double;
}

fn main() {
    let _ = Doubled::flow().run(1);
    let _ = Named::flow().durable();
    let _ = flow! { #[flow(durable = "nodes")] double };
}
