//! The errors of traces, as a store keeps them.

use penguiflow::FlowError;

/// The error of a trace, as a store keeps it.
pub(super) fn error_json(error: &FlowError) -> Vec<u8> {
    serde_json::to_vec(error).unwrap_or_default()
}

/// The same where a row has a text.
pub(super) fn error_text(error: &FlowError) -> String {
    String::from_utf8_lossy(&error_json(error)).into_owned()
}
