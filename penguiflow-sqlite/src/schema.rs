//! The tables of a store, the states of its traces, and connections to it. What reads or writes a
//! store's rows is in `store/` and `admin/`; this file opens it, and refuses what it cannot read.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::store::StoreError;

/// The format that this version reads and writes.
const FORMAT: i64 = 1;

/// Columns that every commit of a trace changes precede those that may be long, so that a commit
/// that leaves the frontier as it is rewrites the row's first page alone. Journal and history are clustered
/// by trace: an index beside them would be another page for each commit. Results have one index, in the order
/// in which they are added: one by trace would be another page for each. Ended traces are counted as they
/// end, since they are many.
const TABLES: &str = "
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE flows(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  graph TEXT NOT NULL,
  awaits TEXT NOT NULL,
  started INTEGER NOT NULL);
CREATE TABLE traces(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  flow INTEGER NOT NULL REFERENCES flows(id),
  state INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  due INTEGER,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  recoveries INTEGER NOT NULL DEFAULT 0,
  waits TEXT,
  error TEXT,
  history BLOB,
  frontier BLOB);
CREATE INDEX unfinished ON traces(flow, seq, state, due, id) WHERE state < 3;
CREATE INDEX dues ON traces(flow, due) WHERE due IS NOT NULL;
CREATE INDEX ended ON traces(updated, flow) WHERE state > 3;
CREATE TABLE ended_counts(
  flow INTEGER, state INTEGER, count INTEGER NOT NULL, PRIMARY KEY(flow, state)) WITHOUT ROWID;
CREATE TABLE journal(
  trace INTEGER, n INTEGER, entries BLOB NOT NULL, PRIMARY KEY(trace, n)) WITHOUT ROWID;
CREATE TABLE history(
  trace INTEGER, n INTEGER, lines BLOB NOT NULL, PRIMARY KEY(trace, n)) WITHOUT ROWID;
CREATE TABLE keys(
  flow INTEGER, key TEXT, trace BLOB NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY(flow, key)) WITHOUT ROWID;
CREATE INDEX keys_of_traces ON keys(trace);
CREATE TABLE results(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  flow INTEGER NOT NULL, trace BLOB NOT NULL, is_error INTEGER NOT NULL,
  value BLOB NOT NULL, at INTEGER NOT NULL);
CREATE INDEX results_of_flows ON results(flow, seq, trace);
CREATE TABLE dead(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  flow INTEGER NOT NULL, trace BLOB NOT NULL UNIQUE,
  step TEXT, node TEXT, path TEXT, error TEXT NOT NULL, input BLOB, at INTEGER NOT NULL);
CREATE INDEX dead_of_flows ON dead(flow);
CREATE TABLE schedules(
  flow INTEGER, name TEXT, cron TEXT NOT NULL, input BLOB NOT NULL, next INTEGER, last INTEGER,
  PRIMARY KEY(flow, name)) WITHOUT ROWID;
CREATE TABLE commands(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  verb TEXT NOT NULL, trace BLOB, argument TEXT, at INTEGER NOT NULL, answer TEXT);
";

/// What a trace is at. The store's rows have it as its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum State {
    /// It runs, or is to run.
    Running = 0,
    /// It waits for a value: a person's, or another program's.
    Parked = 1,
    /// It waits for the time of its next attempt, or of its start.
    Retrying = 2,
    /// A step has failed for good. The frontier is the one before that step.
    Dead = 3,
    /// It has ended, and its outputs are results.
    Done = 4,
    /// It has ended with an error that another attempt would not change.
    Failed = 5,
    /// Somebody has ended it.
    Cancelled = 6,
}

impl State {
    /// By their numbers.
    pub(crate) const ALL: [Self; 7] = [
        Self::Running,
        Self::Parked,
        Self::Retrying,
        Self::Dead,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Whether it goes on, by itself or once it is given a value.
    pub fn goes_on(self) -> bool {
        (self as u8) < Self::Dead as u8
    }

    /// Whether nothing will happen in the trace any more.
    pub fn has_ended(self) -> bool {
        self as u8 > Self::Dead as u8
    }
}

impl ToSql for State {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(i64::from(*self as u8).into())
    }
}

impl FromSql for State {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        let state = usize::try_from(number)
            .ok()
            .and_then(|at| Self::ALL.get(at));
        state.copied().ok_or(FromSqlError::OutOfRange(number))
    }
}

/// The one connection that writes. Makes the tables where there are none.
pub(crate) fn open_to_write(path: &Path, wait: Duration) -> Result<Connection, StoreError> {
    let mut connection = Connection::open(path)?;
    prepare(&connection, wait)?;
    // Before anything is changed: a file of another program stays as it is.
    if is_empty(&connection)? {
        keep_log(&connection)?;
        create(&mut connection)?;
    } else {
        check(&connection)?;
        keep_log(&connection)?;
    }
    connection.pragma_update(None, "synchronous", "full")?;
    // Else the disks of a Mac may still have it in their caches.
    connection.pragma_update(None, "fullfsync", true)?;
    // What a burst has made of the log is given back at its next start.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(connection)
}

/// A connection that reads a store which is there.
pub(crate) fn open_to_read(path: &Path, wait: Duration) -> Result<Connection, StoreError> {
    // Not read-only to SQLite, for the first reader of a log may have to make its index.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection, wait)?;
    check(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn prepare(connection: &Connection, wait: Duration) -> Result<(), StoreError> {
    connection.busy_timeout(wait)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "cache_size", -16_000)?; // KiB
    connection.pragma_update(None, "temp_store", "memory")?;
    Ok(())
}

/// Commits go to a log, which is folded into the file now and then.
fn keep_log(connection: &Connection) -> Result<(), StoreError> {
    let mode = "PRAGMA journal_mode = wal";
    let mode: String = connection.query_row(mode, [], |row| row.get(0))?;
    if mode == "wal" {
        return Ok(());
    }
    let cause =
        format!("it keeps a journal of the mode `{mode}` and no log, as on a network's disk");
    Err(StoreError::Io { cause })
}

/// Whether the store was closed since it was opened last, and not just left, as by a process that
/// died. From here on it counts as left, until it is closed.
pub(crate) fn was_closed(connection: &Connection) -> Result<bool, StoreError> {
    let closed = "DELETE FROM meta WHERE key = 'closed'";
    Ok(connection.execute(closed, [])? > 0)
}

pub(crate) fn mark_closed(connection: &Connection) -> Result<(), StoreError> {
    let closed = "INSERT OR REPLACE INTO meta(key, value) VALUES('closed', 'yes')";
    connection.execute(closed, [])?;
    Ok(())
}

fn is_empty(connection: &Connection) -> Result<bool, StoreError> {
    let tables = "SELECT count(*) FROM sqlite_schema";
    Ok(connection.query_row(tables, [], |row| row.get::<_, i64>(0))? == 0)
}

fn create(connection: &mut Connection) -> Result<(), StoreError> {
    let making = Transaction::new(connection, TransactionBehavior::Immediate)?;
    making.execute_batch(TABLES)?;
    let format = "INSERT INTO meta(key, value) VALUES('format', ?1)";
    making.execute(format, [FORMAT.to_string()])?;
    Ok(making.commit()?)
}

/// Refuses a file that is no store, and one that a newer version has written.
fn check(connection: &Connection) -> Result<(), StoreError> {
    let has_meta = "SELECT count(*) FROM sqlite_schema WHERE name = 'meta' AND type = 'table'";
    if connection.query_row(has_meta, [], |row| row.get::<_, i64>(0))? == 0 {
        return Err(StoreError::NotAStore);
    }
    let format = "SELECT value FROM meta WHERE key = 'format'";
    let format: Option<String> = match connection.query_row(format, [], |row| row.get(0)) {
        Err(rusqlite::Error::QueryReturnedNoRows) => None,
        found => Some(found?),
    };
    match format.as_deref().map(str::parse::<i64>) {
        Some(Ok(FORMAT)) => Ok(()),
        Some(Ok(found)) if found > FORMAT => Err(StoreError::NewerFormat {
            found,
            known: FORMAT,
        }),
        _ => Err(StoreError::NotAStore),
    }
}

/// How SQLite goes about a query.
#[cfg(test)]
pub(crate) fn plan(sql: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open_to_write(&folder.path().join("flows.db"), Duration::ZERO).expect("a store");
    let explained = store.prepare(&format!("EXPLAIN QUERY PLAN {sql}"));
    let mut explained = explained.expect("a query");
    let nulls = vec![rusqlite::types::Null; explained.parameter_count()];
    let nulls = rusqlite::params_from_iter(nulls);
    let rows = explained.query_map(nulls, |row| row.get("detail"));
    let rows = rows.expect("a plan").collect::<Result<_, _>>();
    rows.expect("a plan")
}
