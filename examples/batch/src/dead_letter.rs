//! A dead letter: the record that failed, with one more field that says why. So a file of dead letters
//! is a file of records, and can be run again as it is, or after somebody has mended a line.

use penguiflow::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::nodes::Line;

/// Why a record failed: the kind, the node, its attempts, and all causes.
#[derive(Debug, Serialize)]
struct Failure {
    line: u64,
    #[serde(flatten)]
    error: NodeError,
}

/// The line of a dead letter, and the number that the record had.
pub(crate) fn of(error: FlowError) -> (u64, String) {
    let failure = NodeError::from(&error);
    let line: Line = error.into_input().expect("the flow keeps its inputs");
    let failure = Failure {
        line: line.number,
        error: failure,
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
