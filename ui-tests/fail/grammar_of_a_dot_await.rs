//! One error: `.await` behind a node.
use penguiflow::prelude::*;

#[node]
async fn draft(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { draft.await };
}
