//! One error: `durable` takes no value.

use penguiflow::prelude::*;

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

flow! {
    #[flow(durable = true)]
    struct Doubled(u32) -> u32;
    double;
}

fn main() {
    let _ = Doubled::flow().run(1);
}
