//! The row of a trace that is taken up, and the position that is stored beside a frontier.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use penguiflow::TraceId;
use penguiflow::host::{DurableTrace, TraceState};
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::store::{Change, Emitted, Millis, Seq, State, StoredTrace};

/// A trace's row, as far as a commit needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) seq: Seq,
    pub(super) id: TraceId,
    pub(super) revision: i64,
    /// Bytes of the frontier in it, and of its journal.
    pub(super) frontier: usize,
    pub(super) journal: usize,
}

impl Row {
    pub(super) fn new(emitted: &Emitted) -> Self {
        Self {
            seq: emitted.seq,
            id: emitted.id,
            revision: 0,
            frontier: 0,
            journal: 0,
        }
    }

    pub(super) fn of(stored: &StoredTrace) -> Self {
        Self {
            seq: stored.seq,
            id: stored.id,
            revision: stored.revision,
            frontier: stored.frontier.as_ref().map_or(0, Vec::len),
            journal: stored.journal.iter().map(Vec::len).sum(),
        }
    }
}

impl Row {
    /// It was committed with this change.
    pub(super) fn commit(&mut self, change: &Change) {
        self.revision += 1;
        match change {
            Change::Whole(frontier) => (self.frontier, self.journal) = (frontier.len(), 0),
            Change::Journal(entries) => self.journal += entries.iter().map(Vec::len).sum::<usize>(),
            Change::Ended => (self.frontier, self.journal) = (0, 0),
        }
    }
}

/// What a trace is at, for whoever looks at the store.
pub(super) struct Position {
    pub(super) state: State,
    pub(super) due: Option<Millis>,
    pub(super) waits: Option<String>,
}

pub(super) fn position(trace: &DurableTrace) -> Position {
    let parked = trace.parked();
    let (state, due) = match trace.state() {
        TraceState::Waiting(until) if parked.is_empty() => (State::Retrying, until),
        TraceState::Waiting(until) => (State::Parked, until),
        _ => (State::Running, None),
    };
    let waits = parked.iter().map(|parked| Wait {
        step: parked.step.to_string(),
        node: parked.node,
        awaited: parked.awaited.to_string(),
        since: at(parked.since),
        until: parked.until.map(at),
        tenant: &parked.headers.tenant,
        payload: parked.payload_json(),
    });
    let waits: Vec<_> = waits.collect();
    Position {
        state,
        due: due.map(at),
        waits: (!waits.is_empty())
            .then(|| serde_json::to_string(&waits).ok())
            .flatten(),
    }
}

/// A step that is parked.
#[derive(Serialize)]
struct Wait<'a> {
    step: String,
    node: &'static str,
    awaited: String,
    since: Millis,
    until: Option<Millis>,
    #[serde(skip_serializing_if = "str::is_empty")]
    tenant: &'a str,
    /// Where the flow shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Value>,
}

/// The wall time of an instant.
pub(super) fn at(instant: Instant) -> Millis {
    let (now, wall) = (Instant::now(), SystemTime::now());
    let wall = match instant.checked_duration_since(now) {
        Some(after) => wall.checked_add(after),
        None => wall.checked_sub(now - instant),
    };
    // Rounded up, so that nothing is due before its time.
    wall.map_or(Millis::MAX, |wall| millis(wall).saturating_add(1))
}

/// The wall time of what a store has.
pub(super) fn time(at: Millis) -> SystemTime {
    let since = Duration::from_millis(at.unsigned_abs());
    UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
}

pub(super) fn millis(at: SystemTime) -> Millis {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}
