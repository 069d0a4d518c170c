//! Stands in for a model: the next action follows from what is known, so that the example runs offline
//! and each run shows the same. Your own sends the memory to a server, and returns its text.

use crate::action::Action;
use crate::memory::Memory;

/// Answers with the next action, as JSON.
#[derive(Clone, Copy)]
pub(crate) struct Model(pub(crate) fn(&Memory) -> String);

impl Model {
    /// The model of this example.
    pub(crate) fn scripted() -> Self {
        Self(|memory| serde_json::json!(next(memory)).to_string())
    }

    pub(crate) async fn complete(&self, memory: &Memory) -> String {
        (self.0)(memory)
    }
}

/// Calculates first, then reads what was found, then searches for the next open word.
fn next(memory: &Memory) -> Action {
    if let Some(sum) = memory.sums.first().cloned() {
        Action::Calculate { sum }
    } else if let Some(place) = memory.found.first().cloned() {
        Action::Read { place }
    } else if let Some(query) = memory.open.first().cloned() {
        Action::Search { query }
    } else {
        let answer = memory.answer();
        Action::Finish { answer }
    }
}
