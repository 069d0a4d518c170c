//! What a store is asked, on a connection of its own: each in one short transaction, since a long one
//! keeps the log from being folded into the file.

use penguiflow::TraceId;
use rusqlite::{Connection, Params, Row, params};

use super::column::Id;
use super::error::StoreError;
use super::packed::{Document, Entries};
use super::records::{
    Command, DeadLetter, FlowId, Schedule, Seq, State, StoredDead, StoredResult, StoredTrace,
    Waiting,
};

const TRACE: &str = "SELECT seq, id, flow, state, revision, due, created, recoveries, waits,
    frontier, error FROM traces WHERE id = ?1";
const KNOWN_FLOW: &str = "SELECT id, graph FROM flows WHERE name = ?1";
const JOURNAL: &str = "SELECT entries FROM journal WHERE trace = ?1 ORDER BY n";
const UNFINISHED: &str = "SELECT seq, id, state, due FROM traces INDEXED BY unfinished
    WHERE flow = ?1 AND seq > ?2 AND state < 3 ORDER BY seq LIMIT ?3";
const RESULTS: &str = "SELECT seq, trace, is_error, value, at FROM results
    WHERE flow = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
const DEAD: &str = "SELECT seq, trace, step, node, path, error, input, at FROM dead
    WHERE flow = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
const DEAD_STEP: &str = "SELECT step FROM dead WHERE trace = ?1";
/// A trace that runs or retries may have a branch that is parked, too.
const PARKED: &str = "SELECT seq, id, waits FROM traces INDEXED BY unfinished
    WHERE flow = ?1 AND seq > ?2 AND state < 3 AND waits IS NOT NULL ORDER BY seq LIMIT ?3";
const WAITS: &str = "SELECT waits FROM traces WHERE id = ?1 AND state < 3";
/// What has ended is not read, but for its counts; and rows of traces may be long, and are left unread.
const COUNTS: &str = "SELECT state, count(*) FROM traces INDEXED BY unfinished
    WHERE flow = ?1 AND state < 3 GROUP BY state
    UNION ALL SELECT 3, count(*) FROM dead WHERE flow = ?1
    UNION ALL SELECT state, count FROM ended_counts WHERE flow = ?1";
const COMMANDS: &str = "SELECT seq, verb, trace, argument, at FROM commands
    WHERE seq > ?1 AND answer IS NULL ORDER BY seq";
const SCHEDULES: &str = "SELECT name, cron, input, next, last FROM schedules
    WHERE flow = ?1 ORDER BY name";
const MOVED_HISTORY: &str = "SELECT lines FROM history WHERE trace =
    (SELECT seq FROM traces WHERE id = ?1) ORDER BY n";
const HISTORY: &str = "SELECT history FROM traces WHERE id = ?1";

/// A trace with all of its frontier, as one commit left it.
pub(crate) fn load(
    connection: &Connection,
    id: TraceId,
) -> Result<Option<StoredTrace>, StoreError> {
    let reading = connection.unchecked_transaction()?;
    let Some(mut trace) = all(&reading, TRACE, [Id(id)], without_journal)?.pop() else {
        return Ok(None);
    };
    let rows = all(&reading, JOURNAL, [trace.seq], |row| {
        row.get::<_, Entries>(0)
    })?;
    trace.journal = rows.iter().flat_map(Entries::each).collect();
    Ok(Some(trace))
}

fn without_journal(row: &Row<'_>) -> rusqlite::Result<StoredTrace> {
    Ok(StoredTrace {
        seq: row.get(0)?,
        id: row.get::<_, Id>(1)?.0,
        flow: row.get(2)?,
        state: row.get(3)?,
        revision: row.get(4)?,
        due: row.get(5)?,
        created: row.get(6)?,
        recoveries: row.get(7)?,
        waits: row.get(8)?,
        frontier: row
            .get::<_, Option<Document<_>>>(9)?
            .map(|Document(frontier)| frontier),
        journal: Vec::new(),
        error: row.get(10)?,
    })
}

/// A flow that was started on the store, with its graph of that time.
pub(crate) fn known_flow(
    connection: &Connection,
    name: &str,
) -> Result<Option<(FlowId, String)>, StoreError> {
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(all(connection, KNOWN_FLOW, [name], read)?.pop())
}

/// Traces of a flow that have not ended, from an index alone.
pub(crate) fn unfinished(
    connection: &Connection,
    flow: FlowId,
    after: Seq,
    limit: i64,
) -> Result<Vec<Waiting>, StoreError> {
    all(connection, UNFINISHED, params![flow, after, limit], |row| {
        Ok(Waiting {
            seq: row.get(0)?,
            id: row.get::<_, Id>(1)?.0,
            state: row.get::<_, State>(2)?,
            due: row.get(3)?,
        })
    })
}

pub(crate) fn results(
    connection: &Connection,
    flow: FlowId,
    after: Seq,
    limit: i64,
) -> Result<Vec<StoredResult>, StoreError> {
    all(connection, RESULTS, params![flow, after, limit], |row| {
        Ok(StoredResult {
            seq: row.get(0)?,
            trace: row.get::<_, Id>(1)?.0,
            is_error: row.get(2)?,
            value: row.get(3)?,
            at: row.get(4)?,
        })
    })
}

pub(crate) fn dead(
    connection: &Connection,
    flow: FlowId,
    after: Seq,
    limit: i64,
) -> Result<Vec<StoredDead>, StoreError> {
    all(connection, DEAD, params![flow, after, limit], |row| {
        Ok(StoredDead {
            seq: row.get(0)?,
            trace: row.get::<_, Id>(1)?.0,
            letter: DeadLetter {
                step: row.get(2)?,
                node: row.get(3)?,
                path: row.get(4)?,
                error: row.get(5)?,
                input: row.get(6)?,
            },
            at: row.get(7)?,
        })
    })
}

/// The step that the dead letter of a trace is about.
pub(crate) fn dead_step(
    connection: &Connection,
    id: TraceId,
) -> Result<Option<String>, StoreError> {
    let step = all(connection, DEAD_STEP, [Id(id)], |row| row.get(0))?.pop();
    Ok(step.flatten())
}

/// Traces of a flow of which something is parked and that come after this one, with what they wait for.
pub(crate) fn parked(
    connection: &Connection,
    flow: FlowId,
    after: Seq,
    limit: i64,
) -> Result<Vec<(Seq, TraceId, String)>, StoreError> {
    all(connection, PARKED, params![flow, after, limit], |row| {
        Ok((row.get(0)?, row.get::<_, Id>(1)?.0, row.get(2)?))
    })
}

/// What a trace waits for that goes on.
pub(crate) fn waits(connection: &Connection, id: TraceId) -> Result<Option<String>, StoreError> {
    let waits = all(connection, WAITS, [Id(id)], |row| row.get(0))?.pop();
    Ok(waits.flatten())
}

/// How many traces of a flow are in each state.
pub(crate) fn counts(connection: &Connection, flow: FlowId) -> Result<[u64; 7], StoreError> {
    let counted = all(connection, COUNTS, [flow], |row| {
        Ok((row.get::<_, State>(0)?, row.get::<_, i64>(1)?))
    })?;
    let mut counts = [0; 7];
    for (state, count) in counted {
        counts[state as usize] = count.unsigned_abs();
    }
    Ok(counts)
}

/// Commands that nobody has answered.
pub(crate) fn commands(connection: &Connection, after: Seq) -> Result<Vec<Command>, StoreError> {
    all(connection, COMMANDS, [after], |row| {
        Ok(Command {
            seq: row.get(0)?,
            verb: row.get(1)?,
            trace: row.get::<_, Option<Id>>(2)?.map(|Id(id)| id),
            argument: row.get(3)?,
            at: row.get(4)?,
        })
    })
}

/// The schedules of a flow.
pub(crate) fn schedules(
    connection: &Connection,
    flow: FlowId,
) -> Result<Vec<Schedule>, StoreError> {
    all(connection, SCHEDULES, [flow], |row| {
        Ok(Schedule {
            name: row.get(0)?,
            cron: row.get(1)?,
            input: row.get(2)?,
            next: row.get(3)?,
            last: row.get(4)?,
        })
    })
}

/// The history of a trace: what was moved out of its row, and then what the row has.
pub(crate) fn history(connection: &Connection, id: TraceId) -> Result<Vec<u8>, StoreError> {
    let reading = connection.unchecked_transaction()?;
    let mut parts: Vec<Vec<u8>> = all(&reading, MOVED_HISTORY, [Id(id)], |row| row.get(0))?;
    let rest: Vec<Option<Vec<u8>>> = all(&reading, HISTORY, [Id(id)], |row| row.get(0))?;
    parts.extend(rest.into_iter().flatten());
    Ok(parts.concat())
}

fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::{COUNTS, DEAD, PARKED, RESULTS, UNFINISHED};
    use crate::schema::plan;

    #[test]
    fn what_other_flows_have_is_not_read() {
        for sql in [RESULTS, DEAD, UNFINISHED, PARKED] {
            let plan = plan(sql);
            let is_of_flow = |step: &String| step.starts_with("SEARCH") && step.contains("(flow=?");
            assert!(plan.iter().any(is_of_flow), "{plan:?}");
            assert!(
                !plan.iter().any(|step| step.starts_with("SCAN")),
                "{plan:?}"
            );
        }
    }

    #[test]
    fn counts_read_what_goes_on_and_no_row_of_a_trace() {
        let plan = plan(COUNTS);
        let reads_traces = |step: &&String| step.contains(" traces ");
        let reads: Vec<_> = plan.iter().filter(reads_traces).collect();
        assert_eq!(
            reads,
            ["SEARCH traces USING COVERING INDEX unfinished (flow=?)"]
        );
    }
}
