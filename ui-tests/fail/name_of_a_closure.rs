//! One error: a closure is no node, though it has a name.
use penguiflow::prelude::*;

#[node]
async fn triage(question: String) -> String { question }

fn main() {
    let shout = async |question: String| question + "!";
    let _ = flow! { triage -> shout }.start();
}
