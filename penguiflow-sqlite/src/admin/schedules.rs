//! The schedules by which flows are given messages.

use serde::Serialize;
use serde_json::Value;

use super::json_text::json_or_text;
use super::{Admin, AdminError, Time};

/// A schedule of a flow.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScheduleRow {
    /// The flow.
    pub flow: String,
    /// The schedule's name.
    pub name: String,
    /// When it emits, as a cron expression.
    pub cron: String,
    /// What it emits; a text where it is no JSON.
    pub input: Value,
    /// When it emits next.
    pub next: Option<Time>,
    /// When it last did.
    pub last: Option<Time>,
}

impl Admin {
    /// The schedules, the next ones first.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub fn schedules(&self) -> Result<Vec<ScheduleRow>, AdminError> {
        let read = self.read()?;
        let sql = "SELECT flows.name AS flow_name, schedules.* FROM schedules
            JOIN flows ON flows.id = schedules.flow
            ORDER BY next IS NULL, next, flow_name, schedules.name";
        let mut statement = read.prepare_cached(sql)?;
        let schedules = statement.query_map([], |row| {
            let input: Vec<u8> = row.get("input")?;
            Ok(ScheduleRow {
                flow: row.get("flow_name")?,
                name: row.get("name")?,
                cron: row.get("cron")?,
                input: json_or_text(&input),
                next: row.get("next")?,
                last: row.get("last")?,
            })
        })?;
        Ok(schedules.collect::<Result<_, _>>()?)
    }
}
