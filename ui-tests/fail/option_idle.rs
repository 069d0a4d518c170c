//! Three errors: a node with `idle` that takes its message alone, one that takes a state besides, and a time that is none.
use penguiflow::prelude::*;

#[node(idle = "10s")]
async fn a(question: String) -> String { question }

#[node(timeout = "1m", idle = "10s")]
async fn b(question: String, State(prefix): State<String>) -> String { prefix + &question }

#[node(idle = "soon")]
async fn c(question: String, _: Ctx) -> String { question }

fn main() {}
