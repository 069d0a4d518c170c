//! One error: what an `await` waits for does not move between threads.
use penguiflow::prelude::*;

#[node]
async fn draft(topic: String) -> String { topic }

#[node]
async fn publish((draft, _): (String, u32)) -> String { draft }

fn main() {
    let _ = flow! { draft -> await std::rc::Rc<u32> -> match { (draft, n) => publish((draft, *n)) } };
}
