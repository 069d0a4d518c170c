//! Three errors: nodes that never send, one with its message alone and one with a state; a time that is none.
use penguiflow::prelude::*;

#[node(idle = "10s")]
async fn a(question: String) -> String { question }

#[node(timeout = "1m", idle = "10s")]
async fn b(question: String, State(prefix): State<String>) -> String { prefix + &question }

#[node(idle = "soon")]
async fn c(question: String, _: Ctx) -> String { question }

fn main() {}
