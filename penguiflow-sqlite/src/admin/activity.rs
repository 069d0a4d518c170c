//! How many traces flows have in each state, and how many came and went of late.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::{OptionalExtension, Transaction};
use serde::Serialize;

use super::{Admin, AdminError, State, Time};

/// What a flow is at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FlowActivity {
    /// The flow.
    pub flow: String,
    /// Its traces by their states.
    pub counts: StateCounts,
    /// How many were emitted within the time that was asked for.
    pub emitted: u64,
    /// How many ended within it.
    pub ended: u64,
}

/// How many traces there are in each state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct StateCounts(BTreeMap<&'static str, u64>);

impl StateCounts {
    /// How many are in this state.
    pub fn of(&self, state: State) -> u64 {
        self.0.get(state.as_str()).copied().unwrap_or(0)
    }
}

/// Rows of traces are left unread: they may be long, and those that have ended are many.
const STATES: &str = "
SELECT flow, state, count(*) FROM traces INDEXED BY unfinished WHERE state < 3 GROUP BY flow, state
UNION ALL SELECT flow, 3, count(*) FROM dead GROUP BY flow
UNION ALL SELECT flow, state, count FROM ended_counts";

impl Admin {
    /// What each flow is at, and what it did since that long ago.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub fn activity(&self, now: Time, span: Duration) -> Result<Vec<FlowActivity>, AdminError> {
        let read = self.read()?;
        let since = now.before(span);
        let first = first_since(&read, since)?;
        let states = counted(&read, STATES, None)?;
        let emitted = "SELECT flow, 0, count(*) FROM traces WHERE seq > ?1 GROUP BY flow";
        let emitted = counted(&read, emitted, Some(first))?;
        let ended = "SELECT flow, 0, count(*) FROM traces WHERE state > 3 AND updated >= ?1
            GROUP BY flow";
        let ended = counted(&read, ended, Some(since.0))?;
        let mut flows = read.prepare_cached("SELECT id, name FROM flows ORDER BY name")?;
        let flows = flows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let flows: Vec<(i64, String)> = flows.collect::<Result<_, _>>()?;
        let activity = flows.into_iter().map(|(number, flow)| FlowActivity {
            flow,
            counts: StateCounts::of_flow(number, &states),
            emitted: emitted.get(&(number, 0)).copied().unwrap_or(0),
            ended: ended.get(&(number, 0)).copied().unwrap_or(0),
        });
        Ok(activity.collect())
    }
}

/// Counts by flow and state.
type Counts = BTreeMap<(i64, i64), u64>;

impl StateCounts {
    fn of_flow(flow: i64, counts: &Counts) -> Self {
        let of = |state: State| counts.get(&(flow, state as i64)).copied().unwrap_or(0);
        Self(State::EACH.map(|state| (state.as_str(), of(state))).into())
    }
}

/// The place in the order of emits of the last trace that was emitted before: the newest are looked
/// at alone, since times of emits have no index.
fn first_since(read: &Transaction<'_>, since: Time) -> Result<i64, AdminError> {
    let sql = "SELECT seq FROM traces WHERE created < ?1 ORDER BY seq DESC LIMIT 1";
    let mut statement = read.prepare_cached(sql)?;
    Ok(statement
        .query_row([since], |row| row.get(0))
        .optional()?
        .unwrap_or(0))
}

fn counted(read: &Transaction<'_>, sql: &str, bound: Option<i64>) -> Result<Counts, AdminError> {
    let mut statement = read.prepare_cached(sql)?;
    let counts = statement.query_map(rusqlite::params_from_iter(bound), |row| {
        let count: i64 = row.get(2)?;
        Ok(((row.get(0)?, row.get(1)?), count.unsigned_abs()))
    })?;
    Ok(counts.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::STATES;
    use crate::schema::plan;

    #[test]
    fn states_are_counted_without_the_rows_of_traces() {
        let plan = plan(STATES);
        let of_traces = |step: &&String| step.contains(" traces ");
        let reads: Vec<_> = plan.iter().filter(of_traces).collect();
        assert!(
            matches!(&reads[..], [read] if read.contains("USING COVERING INDEX unfinished")),
            "{plan:?}"
        );
    }
}
