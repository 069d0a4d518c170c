//! One error: a document for an input that cannot be read from JSON.
use penguiflow::prelude::*;

struct Order { count: u32 }

#[node]
async fn count(order: &Order) -> u32 { order.count }

fn main() {
    let _ = flow! { count }.run_json("{}");
}
