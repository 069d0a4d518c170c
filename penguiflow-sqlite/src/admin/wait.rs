//! A step at which a trace is parked, as the trace's row has it.

use serde::Deserialize;

/// A step at which a trace is parked, as its row lists it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Wait {
    pub(super) step: String,
    pub(super) node: String,
    #[serde(default)]
    pub(super) awaited: String,
    /// Without it, the trace has waited since it last went on.
    pub(super) since: Option<i64>,
    pub(super) until: Option<i64>,
}

impl Wait {
    pub(super) fn read_all(stored: Option<&str>) -> Vec<Self> {
        let read = stored.and_then(|text| serde_json::from_str(text).ok());
        read.unwrap_or_default()
    }
}
