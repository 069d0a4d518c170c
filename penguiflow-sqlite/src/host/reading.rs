//! Traces, read from what the store has.

use penguiflow::FlowError;
use penguiflow::host::{DurableFlow, DurableTrace};

use crate::store::StoredTrace;

/// Reads a trace as it is stored.
pub(super) fn read(flow: &DurableFlow, stored: &StoredTrace) -> Result<DurableTrace, FlowError> {
    let mut trace = flow.load(stored.frontier.as_deref().unwrap_or_default())?;
    for entry in &stored.journal {
        let emits = trace.read_emits(entry)?;
        for dropped in trace.absorb(emits) {
            trace.stopped(dropped);
        }
    }
    // They were put out by the commits of these entries.
    trace.take_outputs()?;
    Ok(trace)
}
