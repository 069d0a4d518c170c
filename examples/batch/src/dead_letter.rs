//! A dead letter: the record that failed, with one more field that says why. So a file of dead letters
//! is a file of records, and can be run again as it is, or after somebody has mended a line.

use std::error::Error;
use std::iter::successors;

use penguiflow::{ErrorKind, FlowError};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::nodes::Line;

/// Why a record failed.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    line: u64,
    kind: ErrorKind,
    error: String,
    causes: Vec<String>,
    attempts: u32,
}

/// The line of a dead letter, and the number that the record had.
pub(crate) fn of(error: FlowError) -> (u64, String) {
    let (kind, attempts) = (error.kind(), error.attempts());
    let (text, causes) = (error.to_string(), causes(&error));
    let line: Line = error.into_input().expect("the flow keeps its inputs");
    let failure = Failure {
        line: line.number,
        kind,
        error: text,
        causes,
        attempts,
    };
    (line.number, letter(&line.text, &failure))
}

/// A line that is no object becomes the text of one.
fn letter(text: &str, failure: &Failure) -> String {
    let record: Result<Map<String, Value>, _> = serde_json::from_str(text);
    let unreadable = |_| Map::from_iter([("text".to_owned(), text.into())]);
    let mut record = record.unwrap_or_else(unreadable);
    record.insert("failure".to_owned(), json!(failure));
    Value::from(record).to_string()
}

/// What caused the node's own error, which the text has already.
fn causes(error: &FlowError) -> Vec<String> {
    let own = error.source();
    let causes = successors(own.and_then(Error::source), |&cause| cause.source());
    causes.map(ToString::to_string).collect()
}
