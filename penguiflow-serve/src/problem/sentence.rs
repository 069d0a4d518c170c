//! What a client is told of a flow's error, unless internals are asked for: one sentence without the
//! words of the node's own error.

use std::error::Error;

use penguiflow::{ErrorKind, FlowError};

/// The sentence. What does not fit of the client's own document is shown whole.
pub(crate) fn sentence(error: &FlowError) -> String {
    if is_unwritten(error) {
        return "the flow's output could not be written as JSON".to_owned();
    }
    let Some(node) = error.node() else {
        return without_node(error);
    };
    let attempts = match error.attempts() {
        0 | 1 => String::new(),
        attempts => format!(" after {attempts} attempts"),
    };
    match error.kind() {
        ErrorKind::TimedOut => format!("node `{node}` took longer than it may{attempts}"),
        ErrorKind::Panicked => format!("node `{node}` panicked"),
        ErrorKind::Invalid => format!("what node `{node}` takes or returns is not valid"),
        ErrorKind::Failed => format!("node `{node}` failed{attempts}"),
        _ => without_node(error),
    }
}

fn without_node(error: &FlowError) -> String {
    let text = match error.kind() {
        ErrorKind::Invalid => return error.to_string(),
        ErrorKind::Cancelled => "the trace was cancelled",
        ErrorKind::DeadlineExceeded => "the deadline passed",
        ErrorKind::BudgetExhausted => "the trace has used up its budget",
        ErrorKind::Unjoined => "a join of the flow did not get what it waits for",
        ErrorKind::Filtered => "the flow has no answer to this",
        ErrorKind::Closed => "the flow was stopped and takes no more messages",
        ErrorKind::TimedOut => "the flow took longer than it may",
        ErrorKind::Panicked => "the flow panicked",
        _ => "the flow failed",
    };
    text.to_owned()
}

/// Whether it is of an output that does not serialise, which is no fault of the client's.
pub(crate) fn is_unwritten(error: &FlowError) -> bool {
    of_json(error).is_some_and(|error| error.line() == 0)
}

/// Whether it is of a document that does not fit the flow's input.
pub(crate) fn is_unfit(error: &FlowError) -> bool {
    of_json(error).is_some_and(|error| error.line() > 0)
}

/// Whether the document is no JSON at all, where others do not fit a type.
pub(crate) fn is_no_json(error: &FlowError) -> bool {
    is_unfit(error) && of_json(error).is_some_and(|error| !error.is_data())
}

/// The error of reading or writing JSON that it comes from. Only errors of reading know a line.
fn of_json(error: &FlowError) -> Option<&serde_json::Error> {
    let is_of_flow = error.kind() == ErrorKind::Invalid && error.node().is_none();
    let source = error.source().filter(|_| is_of_flow)?;
    source.downcast_ref()
}
