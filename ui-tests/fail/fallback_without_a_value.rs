//! One error: what takes over is a struct, of which the flow has no value.
use penguiflow::prelude::*;

struct Local;

#[node]
impl Local {
    async fn call(&self, prompt: String) -> String { prompt }
}

#[node]
async fn gpt(prompt: String) -> String { prompt }

fn main() {
    let _ = flow! { gpt else Local };
}
