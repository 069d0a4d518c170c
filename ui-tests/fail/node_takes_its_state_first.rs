//! One error: a state stands where the message should.
use penguiflow::prelude::*;

#[derive(Clone)]
struct Index;

#[node]
async fn search(State(index): State<Index>, text: String) -> String { let _ = index; text }

fn main() {
    let _ = flow! { search }.with_state(Index).start();
}
