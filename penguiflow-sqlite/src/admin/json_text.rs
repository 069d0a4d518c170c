//! JSON that a store has, or whatever it has instead.

use serde_json::Value;

/// The value; a text where it is no JSON.
pub(super) fn json_or_text(bytes: &[u8]) -> Value {
    let text = || Value::String(String::from_utf8_lossy(bytes).into_owned());
    serde_json::from_slice(bytes).unwrap_or_else(|_| text())
}
