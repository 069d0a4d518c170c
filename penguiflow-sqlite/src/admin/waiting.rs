//! The steps that wait for a value from outside.

use penguiflow::TraceId;
use rusqlite::{Row, named_params};
use serde::Serialize;
use serde_json::Value;

use super::flows::number_of;
use super::wait::Wait;
use super::{Admin, AdminError, Page, Time, TraceRow};

/// A step that waits for a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WaitingRow {
    /// The trace.
    pub id: TraceId,
    /// The flow that it runs.
    pub flow: String,
    /// The id of the step.
    pub step: String,
    /// The node at which it is parked.
    pub node: String,
    /// The type of the value that it waits for.
    pub awaited: String,
    /// When it began to wait.
    pub since: Time,
    /// When it stops waiting.
    pub until: Option<Time>,
    /// The tenant of the message, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The payload that waits, where the flow shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
    /// The trace's place in the order of emits.
    pub seq: i64,
}

impl WaitingRow {
    pub(super) fn of(wait: Wait, trace: &TraceRow) -> Self {
        Self {
            id: trace.id,
            flow: trace.flow.clone(),
            since: wait.since.map_or(trace.updated, Time),
            step: wait.step,
            node: wait.node,
            awaited: wait.awaited,
            until: wait.until.map(Time),
            tenant: wait.tenant,
            payload: wait.payload,
            seq: trace.seq,
        }
    }
}

impl From<WaitingRow> for Wait {
    fn from(row: WaitingRow) -> Self {
        Self {
            step: row.step,
            node: row.node,
            awaited: row.awaited,
            since: Some(row.since.0),
            until: row.until.map(|until| until.0),
            tenant: row.tenant,
            payload: row.payload,
        }
    }
}

/// Traces that retry or run may have parked steps, too.
const PARKED: &str = "
SELECT seq, traces.id, flows.name AS flow_name, state, created, updated, due, waits, error
FROM traces JOIN flows ON flows.id = traces.flow
WHERE state < 3 AND waits IS NOT NULL
  AND (:flow IS NULL OR flow = :flow) AND (:before IS NULL OR seq < :before)
ORDER BY seq DESC LIMIT :limit";

impl Admin {
    /// The steps of all traces that wait for a value, of one flow or of all. The page counts traces.
    ///
    /// # Errors
    ///
    /// If the store has no such flow, or cannot be read.
    pub fn waiting(&self, flow: Option<&str>, page: Page) -> Result<Vec<WaitingRow>, AdminError> {
        let read = self.read()?;
        let flow = flow.map(|name| number_of(&read, name)).transpose()?;
        let mut statement = read.prepare_cached(PARKED)?;
        let parameters = named_params! {
            ":flow": flow, ":before": page.before, ":limit": page.limit,
        };
        let waiting = statement.query_map(parameters, of_trace)?;
        let waiting: Vec<_> = waiting.collect::<Result<_, _>>()?;
        Ok(waiting.concat())
    }
}

/// The steps of one trace that wait.
fn of_trace(row: &Row<'_>) -> rusqlite::Result<Vec<WaitingRow>> {
    let trace = TraceRow::read(row)?;
    let waits: Option<String> = row.get("waits")?;
    let waits = Wait::read_all(waits.as_deref()).into_iter();
    Ok(waits.map(|wait| WaitingRow::of(wait, &trace)).collect())
}
