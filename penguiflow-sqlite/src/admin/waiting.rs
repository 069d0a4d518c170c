//! The steps that wait for a value from outside.

use penguiflow::TraceId;
use rusqlite::{Row, Transaction, named_params};
use serde::{Deserialize, Serialize};

use super::attempt::Attempt;
use super::flows::number_of;
use super::trace_detail::history_of;
use super::{Admin, AdminError, Page, Time, TraceRow};

/// A step that waits for a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// The trace's place in the order of emits.
    pub seq: i64,
}

/// A step at which a trace is parked, as its row lists it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Wait {
    pub(super) step: String,
    pub(super) node: String,
    #[serde(default)]
    pub(super) awaited: String,
    since: Option<i64>,
    pub(super) until: Option<i64>,
}

impl Wait {
    pub(super) fn read_all(stored: Option<&str>) -> Vec<Self> {
        let read = stored.and_then(|text| serde_json::from_str(text).ok());
        read.unwrap_or_default()
    }

    pub(super) fn row(self, trace: &TraceRow, history: &[Attempt]) -> WaitingRow {
        WaitingRow {
            id: trace.id,
            flow: trace.flow.clone(),
            since: self.since(history, trace.updated),
            step: self.step,
            node: self.node,
            awaited: self.awaited,
            until: self.until.map(Time),
            seq: trace.seq,
        }
    }

    /// When it began to wait: as its row says, or its history, or else when the trace last went on.
    fn since(&self, history: &[Attempt], updated: Time) -> Time {
        let mut parked = history.iter().rev();
        let parked = parked.find(|line| line.step == self.step && line.outcome == "parked");
        let parked = parked.map(|line| line.at);
        self.since.map(Time).or(parked).unwrap_or(updated)
    }
}

/// Traces that retry or run may have parked steps, too.
const PARKED: &str = "
SELECT seq, traces.id, flows.name AS flow_name, state, created, updated, due, waits, error, history
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
        let mut rows = statement.query(parameters)?;
        let mut waiting = Vec::new();
        while let Some(row) = rows.next()? {
            waiting.extend(of_trace(&read, row)?);
        }
        Ok(waiting)
    }
}

fn of_trace(read: &Transaction<'_>, row: &Row<'_>) -> Result<Vec<WaitingRow>, AdminError> {
    let trace = TraceRow::read(row)?;
    let history = history_of(read, row)?;
    let waits: Option<String> = row.get("waits")?;
    let waits = Wait::read_all(waits.as_deref());
    Ok(waits
        .into_iter()
        .map(|wait| wait.row(&trace, &history))
        .collect())
}
