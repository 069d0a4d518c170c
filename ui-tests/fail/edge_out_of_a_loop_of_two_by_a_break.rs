//! One error: the last node of a loop breaks with what the next one takes.
use penguiflow::prelude::*;

use std::ops::ControlFlow;

struct Answer;

#[node]
async fn think(draft: String) -> String { draft }

#[node]
async fn act(draft: String) -> ControlFlow<Answer, String> { ControlFlow::Continue(draft) }

#[node]
async fn format(_: Answer) -> String { String::new() }

flow! {
    struct Agent(String) -> String;

    think -> act -> think;
    act -> format;
}

fn main() {}
