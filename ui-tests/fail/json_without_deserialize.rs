//! One error: a document for an input that cannot be read from JSON.
use penguiflow::prelude::*;

struct Order {
    count: u32,
}

#[node]
async fn count(order: &Order) -> u32 {
    order.count
}

async fn run() -> Result<u32, FlowError> {
    flow! { count }.run_json("{}").await
}

fn main() {
    let _ = run();
}
