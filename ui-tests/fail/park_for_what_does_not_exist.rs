//! One error: what an `await` waits for does not exist.
use penguiflow::prelude::*;

#[node]
async fn draft(topic: String) -> String { topic }

#[node]
async fn publish(topic: (String, u32)) -> String { topic.0 }

fn main() {
    let _ = flow! { draft -> await Aproval -> publish };
}
