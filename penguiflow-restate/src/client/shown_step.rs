//! A parked step as the state of its trace shows it.

use std::time::{Duration, SystemTime};

use penguiflow::TraceId;
use penguiflow::host::{ParkedStep, StepId};
use serde::Deserialize;
use serde_json::Value;

/// A step that waits, as the state of its trace shows it.
#[derive(Deserialize)]
pub(super) struct ShownStep {
    trace_id: TraceId,
    step: StepId,
    node: String,
    awaited: String,
    since: f64,
    until: Option<f64>,
    tenant: Option<String>,
    payload: Option<Value>,
}

impl From<ShownStep> for ParkedStep {
    fn from(shown: ShownStep) -> Self {
        let mut step = Self::new(shown.trace_id, shown.step, shown.node, time(shown.since));
        step.awaited = shown.awaited;
        step.until = shown.until.map(time);
        step.tenant = shown.tenant;
        step.payload = shown.payload;
        step
    }
}

fn time(seconds: f64) -> SystemTime {
    let since = Duration::try_from_secs_f64(seconds);
    SystemTime::UNIX_EPOCH + since.unwrap_or_default()
}
