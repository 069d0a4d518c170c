//! A step at which a trace is parked, as the trace's row has it.

use serde::Deserialize;
use serde_json::Value;

/// A step at which a trace is parked, as its row lists it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Wait {
    pub(crate) step: String,
    pub(crate) node: String,
    #[serde(default)]
    pub(crate) awaited: String,
    /// Without it, the trace has waited since it last went on.
    pub(crate) since: Option<i64>,
    pub(crate) until: Option<i64>,
    pub(crate) tenant: Option<String>,
    /// Where the flow shows it.
    pub(crate) payload: Option<Value>,
}

impl Wait {
    pub(crate) fn read_all(stored: Option<&str>) -> Vec<Self> {
        let read = stored.and_then(|text| serde_json::from_str(text).ok());
        read.unwrap_or_default()
    }
}
