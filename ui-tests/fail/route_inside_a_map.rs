//! One error: a route of a map's items is missing.
use penguiflow::prelude::*;

enum Order { Double(u32), Skip }

#[node]
async fn list(n: u32) -> Vec<Order> { vec![Order::Double(n), Order::Skip] }

#[node]
async fn double(n: u32) -> u32 { n * 2 }

fn main() {
    let _ = flow! { list -> [match { Order::Double(n) => double(n) }; 8] -> join };
}
