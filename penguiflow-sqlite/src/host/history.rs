//! The history of a trace: a line of JSON per attempt that is over.

use penguiflow::host::StepId;
use serde::Serialize;

use super::attempts::Attempt;
use super::row::millis;
use crate::store::Millis;

/// Most lines are shorter.
const ROOM: usize = 192;

#[derive(Serialize)]
struct Line<'a> {
    step: StepId,
    node: &'static str,
    attempt: u32,
    at: Millis,
    /// In microseconds.
    took: u64,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// Adds the line of an attempt.
pub(super) fn add(history: &mut Vec<u8>, attempt: &Attempt) {
    let (again, failure) = (attempt.emits.again(), attempt.emits.failure());
    let error = again.map(|again| &again.failure).or(failure);
    let line = Line {
        step: attempt.step.id,
        node: attempt.emits.node().unwrap_or(attempt.step.node),
        attempt: attempt.step.attempts,
        at: millis(attempt.began),
        took: u64::try_from(attempt.took.as_micros()).unwrap_or(u64::MAX),
        outcome: match (again, failure) {
            (Some(_), _) => "retried",
            (None, Some(_)) => "failed",
            (None, None) => "ok",
        },
        error: error.map(|error| error.message.as_str()),
    };
    history.reserve(ROOM);
    if serde_json::to_writer(&mut *history, &line).is_ok() {
        history.push(b'\n');
    }
}
