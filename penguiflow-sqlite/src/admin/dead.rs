//! The dead letters: steps that failed for good, with what it takes to try them again.

use penguiflow::TraceId;
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde::Serialize;
use serde_json::Value;

use super::flows::number_of;
use super::json_text::json_or_text;
use super::traces::id_at;
use super::{Admin, AdminError, Page, Time, TraceError};
use crate::store::column::Id;

/// A step that failed for good.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DeadRow {
    /// The trace.
    pub id: TraceId,
    /// The flow that it runs.
    pub flow: String,
    /// The id of the step.
    pub step: Option<String>,
    /// The node that failed.
    pub node: Option<String>,
    /// The node with the playbooks that it stands in.
    pub path: Option<String>,
    /// How it failed.
    pub error: TraceError,
    /// What the step was given; a text where it is no JSON.
    pub input: Option<Value>,
    /// When it failed.
    pub at: Time,
    /// Its place in the list: [`Page::before`] takes it.
    pub seq: i64,
    /// The node that the input is stored for.
    #[serde(skip)]
    input_of: Option<String>,
}

const LISTED: &str = "
SELECT dead.*, flows.name AS flow_name FROM dead JOIN flows ON flows.id = dead.flow
WHERE (:flow IS NULL OR flow = :flow) AND (:before IS NULL OR seq < :before)
ORDER BY seq DESC LIMIT :limit";

impl Admin {
    /// The dead letters of one flow or of all, the newest first.
    ///
    /// # Errors
    ///
    /// If the store has no such flow, or cannot be read.
    pub fn dead(&self, flow: Option<&str>, page: Page) -> Result<Vec<DeadRow>, AdminError> {
        let read = self.read()?;
        let flow = flow.map(|name| number_of(&read, name)).transpose()?;
        let mut statement = read.prepare_cached(LISTED)?;
        let parameters = named_params! {
            ":flow": flow, ":before": page.before, ":limit": page.limit,
        };
        let letters = statement.query_map(parameters, DeadRow::read)?;
        Ok(letters.collect::<Result<_, _>>()?)
    }
}

impl DeadRow {
    /// Another input for the step that failed, as a step is stored.
    pub(crate) fn stored_input(&self, input: Value) -> Option<Value> {
        let node = self.input_of.clone()?;
        Some(Value::Object([(node, input)].into_iter().collect()))
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let error: String = row.get("error")?;
        let input: Option<Vec<u8>> = row.get("input")?;
        let (input_of, input) = input.as_deref().map(input_of_step).unzip();
        Ok(Self {
            id: id_at(row, "trace")?,
            flow: row.get("flow_name")?,
            step: row.get("step")?,
            node: row.get("node")?,
            path: row.get("path")?,
            error: TraceError::read(&error),
            input,
            at: row.get("at")?,
            seq: row.get("seq")?,
            input_of: input_of.flatten(),
        })
    }

    /// The dead letter of a trace.
    pub(super) fn of(read: &Transaction<'_>, id: TraceId) -> Result<Option<Self>, AdminError> {
        let sql = "SELECT dead.*, flows.name AS flow_name FROM dead
            JOIN flows ON flows.id = dead.flow WHERE dead.trace = ?1";
        let mut statement = read.prepare_cached(sql)?;
        Ok(statement.query_row([Id(id)], Self::read).optional()?)
    }
}

/// The input of a step, which is stored as `{"node": input}`, and the node.
fn input_of_step(stored: &[u8]) -> (Option<String>, Value) {
    match json_or_text(stored) {
        Value::Object(step) if step.len() == 1 => {
            let (node, input) = step.into_iter().next().unzip();
            (node, input.unwrap_or_default())
        }
        other => (None, other),
    }
}
