//! All that the store has of one trace.

use penguiflow::TraceId;
use rusqlite::{OptionalExtension, Row, Transaction};
use serde::Serialize;
use serde_json::Value;

use super::attempt::history_of;
use super::commands::PendingCommand;
use super::json_text::json_or_text;
use super::wait::Wait;
use super::{Admin, AdminError, Attempt, DeadRow, Standing, Time, TraceRow, WaitingRow};
use crate::store::column::Id;
use crate::store::packed::{Document, Entries};

/// A trace, with all that the store has of it.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct TraceDetail {
    /// As it stands in lists.
    #[serde(flatten)]
    pub row: TraceRow,
    /// The idempotency key that it was emitted with.
    pub key: Option<String>,
    /// How often its process has died since it last went on.
    pub recoveries: u32,
    /// The headers of its message; none once it has ended.
    pub headers: Option<Value>,
    /// Where it stands; none once it has ended.
    pub standing: Option<Standing>,
    /// The steps that wait for a value.
    pub waiting: Vec<WaitingRow>,
    /// The attempts that are over, in their order.
    pub history: Vec<Attempt>,
    /// Its outputs and its error, as far as nobody has acknowledged them.
    pub results: Vec<UnreadResult>,
    /// Its dead letter.
    pub dead: Option<DeadRow>,
    /// What was asked of its host and is not answered.
    pub commands: Vec<PendingCommand>,
    /// The graph of its flow, as JSON.
    #[serde(skip)]
    pub graph: String,
}

/// An output or an error that nobody has acknowledged.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UnreadResult {
    /// Whether it is an error.
    pub is_error: bool,
    /// The value; a text where it is no JSON.
    pub value: Value,
    /// When it was put out.
    pub at: Time,
}

impl Admin {
    /// All that the store has of a trace.
    ///
    /// # Errors
    ///
    /// If it has no such trace, or cannot be read.
    pub fn trace(&self, id: TraceId) -> Result<TraceDetail, AdminError> {
        let read = self.read()?;
        let row = TraceRow::of(&read, id)?;
        let sql = "SELECT seq, recoveries, waits, history, frontier, flows.graph FROM traces
            JOIN flows ON flows.id = traces.flow WHERE traces.id = ?1";
        let mut statement = read.prepare_cached(sql)?;
        let mut rows = statement.query([Id(id)])?;
        let Some(stored) = rows.next()? else {
            let prefix = id.to_string();
            return Err(AdminError::UnknownTrace { prefix });
        };
        let history = history_of(&read, stored)?;
        let frontier: Option<Document<Vec<u8>>> = stored.get("frontier")?;
        let frontier = frontier.map(|Document(frontier)| frontier);
        Ok(TraceDetail {
            key: key_of(&read, id)?,
            recoveries: stored.get("recoveries")?,
            headers: frontier.as_deref().and_then(headers_of),
            standing: standing_of(&read, stored, frontier.as_deref())?,
            waiting: waiting_of(stored, &row)?,
            results: results_of(&read, id)?,
            dead: DeadRow::of(&read, id)?,
            commands: PendingCommand::of(&read, id)?,
            graph: stored.get("graph")?,
            history,
            row,
        })
    }
}

fn key_of(read: &Transaction<'_>, id: TraceId) -> Result<Option<String>, AdminError> {
    let mut statement = read.prepare_cached("SELECT key FROM keys WHERE trace = ?1")?;
    Ok(statement.query_row([Id(id)], |row| row.get(0)).optional()?)
}

/// The headers of the first message in a frontier: they are the trace's, unless a node changed them.
fn headers_of(frontier: &[u8]) -> Option<Value> {
    let frontier: Value = serde_json::from_slice(frontier).ok()?;
    let places = [
        "/steps/0/cursor/envelope",
        "/retried/0/pending/cursor/envelope",
        "/parked/0/pending/cursor/envelope",
        "/joins/0/origin/envelope",
    ];
    let mut envelopes = places.iter().filter_map(|place| frontier.pointer(place));
    envelopes.next()?.get("headers").cloned()
}

fn standing_of(
    read: &Transaction<'_>,
    row: &Row<'_>,
    frontier: Option<&[u8]>,
) -> Result<Option<Standing>, AdminError> {
    let Some(frontier) = frontier else {
        return Ok(None);
    };
    let sql = "SELECT entries FROM journal WHERE trace = ?1 ORDER BY n";
    let mut statement = read.prepare_cached(sql)?;
    let entries = statement.query_map([row.get::<_, i64>("seq")?], |row| row.get(0))?;
    let entries: Vec<Entries> = entries.collect::<Result<_, _>>()?;
    let entries: Vec<_> = entries.iter().flat_map(Entries::each).collect();
    let waits: Option<String> = row.get("waits")?;
    let parked = Wait::read_all(waits.as_deref()).into_iter();
    let parked: Vec<_> = parked.map(|wait| wait.step).collect();
    Ok(Standing::read(frontier, &entries, &parked))
}

fn waiting_of(row: &Row<'_>, trace: &TraceRow) -> Result<Vec<WaitingRow>, AdminError> {
    let waits: Option<String> = row.get("waits")?;
    let waits = Wait::read_all(waits.as_deref());
    let rows = waits.into_iter().map(|wait| WaitingRow::of(wait, trace));
    Ok(rows.collect())
}

/// The index has the traces of a flow's results: what they are is read of the trace alone.
const RESULTS: &str = "SELECT is_error, value, at FROM results WHERE seq IN
    (SELECT seq FROM results INDEXED BY results_of_flows
    WHERE flow = (SELECT flow FROM traces WHERE id = ?1) AND trace = ?1) ORDER BY seq";

fn results_of(read: &Transaction<'_>, id: TraceId) -> Result<Vec<UnreadResult>, AdminError> {
    let mut statement = read.prepare_cached(RESULTS)?;
    let results = statement.query_map([Id(id)], |row| {
        let value: Vec<u8> = row.get("value")?;
        Ok(UnreadResult {
            is_error: row.get("is_error")?,
            value: json_or_text(&value),
            at: row.get("at")?,
        })
    })?;
    Ok(results.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::RESULTS;
    use crate::schema::plan;

    #[test]
    fn results_of_other_traces_are_passed_over_in_an_index() {
        let plan = plan(RESULTS);
        let of_results = |step: &&String| step.contains(" results ");
        let reads: Vec<_> = plan.iter().filter(of_results).collect();
        assert_eq!(
            reads,
            [
                "SEARCH results USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH results USING COVERING INDEX results_of_flows (flow=?)"
            ]
        );
    }
}
