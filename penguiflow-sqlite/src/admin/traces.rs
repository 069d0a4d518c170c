//! The list of traces, and a trace by the beginning of its id.

use penguiflow::TraceId;
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde::Serialize;

use super::flows::number_of;
use super::wait::Wait;
use super::{Admin, AdminError, State, Time, TraceError};
use crate::store::column::Id;

/// A trace in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TraceRow {
    /// The id of the trace.
    pub id: TraceId,
    /// The flow that it runs.
    pub flow: String,
    /// What it is at.
    pub state: State,
    /// When it was emitted.
    pub created: Time,
    /// When it last went on.
    pub updated: Time,
    /// When it goes on by itself.
    pub due: Option<Time>,
    /// The nodes at which it is parked.
    pub parked_at: Vec<String>,
    /// How it failed.
    pub error: Option<TraceError>,
    /// Its place in the order of emits: [`Page::before`] takes it.
    pub seq: i64,
}

/// Which traces are listed: those that fit all that is given.
#[derive(Debug, Clone, Default)]
pub struct TraceFilter {
    /// In one of these states, if there are any.
    pub states: Vec<State>,
    /// Of this flow.
    pub flow: Option<String>,
    /// Emitted at this time or earlier.
    pub until: Option<Time>,
    /// Emitted at this time or later.
    pub since: Option<Time>,
    /// With an error of this kind, or with this text in its message or its causes.
    pub error: Option<String>,
    /// Whose id begins so, or with an error as above. Takes the place of `error`.
    pub search: Option<String>,
}

/// Which part of a list: the newest come first.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// At most so many.
    pub limit: u32,
    /// Those before this place in the order of emits.
    pub before: Option<i64>,
}

impl Page {
    /// The newest, at most so many.
    pub fn first(limit: u32) -> Self {
        let before = None;
        Self { limit, before }
    }
}

/// Without the columns that may be long: what is named here is read. States are a set of bits, so that
/// one statement serves all filters.
const LISTED: &str = "
SELECT seq, traces.id, flows.name AS flow_name, state, created, updated, due, waits, error
FROM traces JOIN flows ON flows.id = traces.flow
WHERE (:states = 0 OR (1 << state) & :states)
  AND (:flow IS NULL OR flow = :flow)
  AND (:until IS NULL OR created <= :until) AND (:since IS NULL OR created >= :since)
  AND (:before IS NULL OR seq < :before)
  AND (:error IS NULL OR traces.id BETWEEN :least AND :most OR error IS NOT NULL AND CASE WHEN json_valid(error)
    THEN json_extract(error, '$.kind') = :error OR instr(json_extract(error, '$.message'), :error)
      OR instr(json_extract(error, '$.causes'), :error)
    ELSE instr(error, :error) END)
ORDER BY seq DESC LIMIT :limit";

impl Admin {
    /// The traces that fit, the newest first.
    ///
    /// # Errors
    ///
    /// If the store has no such flow, or cannot be read.
    pub fn traces(&self, filter: &TraceFilter, page: Page) -> Result<Vec<TraceRow>, AdminError> {
        let read = self.read()?;
        let flow = filter.flow.as_deref();
        let flow = flow.map(|name| number_of(&read, name)).transpose()?;
        let states = filter
            .states
            .iter()
            .fold(0i64, |all, state| all | 1 << *state as u8);
        let search = filter.search.as_deref().map(str::to_ascii_lowercase);
        let (least, most) = search.as_deref().and_then(bounds).unzip();
        let mut statement = read.prepare_cached(LISTED)?;
        let traces = statement.query_map(
            named_params! {
                ":states": states, ":flow": flow, ":until": filter.until, ":since": filter.since,
                ":before": page.before, ":limit": page.limit, ":least": least, ":most": most,
                ":error": filter.search.as_ref().or(filter.error.as_ref()),
            },
            TraceRow::read,
        )?;
        Ok(traces.collect::<Result<_, _>>()?)
    }

    /// The trace whose id begins so.
    ///
    /// # Errors
    ///
    /// If none does, or several do.
    pub fn find(&self, prefix: &str) -> Result<TraceId, AdminError> {
        let prefix = prefix.to_ascii_lowercase();
        let (least, most) = bounds(&prefix).ok_or_else(|| AdminError::NotAnId {
            text: prefix.clone(),
        })?;
        let read = self.read()?;
        let sql = "SELECT id FROM traces WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 4";
        let mut statement = read.prepare_cached(sql)?;
        let ids = statement.query_map([least, most], |row| id_at(row, "id"))?;
        let ids: Vec<_> = ids.collect::<Result<_, _>>()?;
        match ids[..] {
            [] => Err(AdminError::UnknownTrace { prefix }),
            [id] => Ok(id),
            _ => Err(AdminError::Ambiguous { prefix, ids }),
        }
    }
}

impl TraceRow {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let waits: Option<String> = row.get("waits")?;
        let waits = Wait::read_all(waits.as_deref());
        let error: Option<String> = row.get("error")?;
        Ok(Self {
            id: id_at(row, "id")?,
            flow: row.get("flow_name")?,
            state: row.get("state")?,
            created: row.get("created")?,
            updated: row.get("updated")?,
            due: row.get("due")?,
            parked_at: waits.into_iter().map(|wait| wait.node).collect(),
            error: error.as_deref().map(TraceError::read),
            seq: row.get("seq")?,
        })
    }

    /// The row of a trace, if the store has it still.
    pub(super) fn of(read: &Transaction<'_>, id: TraceId) -> Result<Self, AdminError> {
        let sql = "SELECT seq, traces.id, flows.name AS flow_name, state, created, updated, due,
            waits, error FROM traces JOIN flows ON flows.id = traces.flow WHERE traces.id = ?1";
        let row = read.prepare_cached(sql)?.query_row([Id(id)], Self::read);
        row.optional()?.ok_or_else(|| AdminError::UnknownTrace {
            prefix: id.to_string(),
        })
    }
}

/// The id in this column.
pub(super) fn id_at(row: &Row<'_>, column: &str) -> rusqlite::Result<TraceId> {
    row.get::<_, Id>(column).map(|Id(id)| id)
}

/// The first and the last id that begin with these digits.
fn bounds(prefix: &str) -> Option<([u8; 16], [u8; 16])> {
    let is_hex = prefix.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex || prefix.is_empty() || prefix.len() > 32 {
        return None;
    }
    let padded = |with: &str| {
        let digits = prefix.to_owned() + &with.repeat(32 - prefix.len());
        u128::from_str_radix(&digits, 16)
            .ok()
            .map(u128::to_be_bytes)
    };
    padded("0").zip(padded("f"))
}

#[cfg(test)]
mod tests {
    use super::bounds;

    #[test]
    fn a_prefix_stands_for_all_ids_that_begin_so() {
        let (least, most) = bounds("4bf").expect("digits");
        assert_eq!((least[0], least[1], least[2]), (0x4b, 0xf0, 0));
        assert_eq!((most[0], most[1], most[15]), (0x4b, 0xff, 0xff));
        for wrong in ["", "+1", "xyz", &"0".repeat(33)] {
            assert!(bounds(wrong).is_none(), "{wrong}");
        }
    }
}
