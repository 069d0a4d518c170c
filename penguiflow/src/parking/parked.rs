//! A trace that waits for a value, seen from outside.

use serde::Serialize;
use tokio::time::Instant;

use crate::graph::TypeName;
use crate::message::{StepId, TraceId, clock};

/// A trace that waits for a value at an `await`, seen from outside.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Parked {
    /// The trace.
    pub trace_id: TraceId,
    /// The step that waits: several of a trace may, such as the items of a map.
    pub step: StepId,
    /// Where it waits: `await Approval`.
    pub node: &'static str,
    /// The type of the value that it waits for.
    pub awaited: TypeName,
    /// When it stops waiting. Serialised as wall time.
    #[serde(with = "clock::as_wall")]
    pub until: Option<Instant>,
}
