//! What is done before a flow starts that has changed since it was last started on the store: traces
//! that it cannot read refuse the start, are migrated, or become dead letters. What has not changed is
//! known from the flow's stored shape alone, and no trace is read.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use penguiflow::host::{DurableFlow, DurableTrace};
use penguiflow::{ErrorKind, Message, NodeError, TraceId};
use serde_json::Value;

use super::changes::Dead;
use super::dead::burial;
use super::reading::read;
use super::row::{Row, position};
use crate::error::Error;
use crate::store::{Change, FlowId, State, Store, StoredTrace, Transition};

/// How many traces are asked for at a time.
const PAGE: usize = 1024;

/// Changes what is stored of a trace, so that the flow as it is now can read it.
pub(crate) type Migration = Box<dyn Fn(Value) -> Result<Value, String> + Send + Sync>;

/// What to do with stored traces that the flow as it is now cannot read.
#[derive(Default)]
pub(crate) struct Unreadable {
    pub(crate) migration: Option<Migration>,
    /// They become dead letters, and the flow starts.
    pub(crate) is_buried: bool,
}

/// Lets a flow start over what the store has of it, before the store is told of the flow as it is now.
///
/// # Errors
///
/// [`Error::Changed`] if there are traces that the flow cannot go on with. Then nothing was written.
pub(crate) async fn reconcile(
    store: &Store,
    flow: &DurableFlow,
    unreadable: &Unreadable,
) -> Result<(), Error> {
    let Some((id, graph)) = store.known_flow(flow.name().to_owned()).await? else {
        return Ok(());
    };
    let schedules = match unreadable.is_buried {
        true => Vec::new(),
        false => unfit_schedules(store, flow, id).await?,
    };
    if schedules.is_empty() && can_read_all(flow, &graph) {
        return Ok(());
    }
    let mut review = Review {
        store,
        flow,
        id,
        unreadable,
        stopped: BTreeMap::new(),
        schedules,
        writes: Vec::new(),
    };
    for trace in unended(store, id).await? {
        review.look_at(trace).await?;
    }
    review.end().await
}

/// Whether the shape of the flow that was last started shows that each of its traces can be read.
fn can_read_all(flow: &DurableFlow, graph: &str) -> bool {
    let graph: Option<Value> = serde_json::from_str(graph).ok();
    let shape = graph.and_then(|graph| graph.get("stored_shape").cloned());
    let changes = shape.and_then(|shape| {
        let now = flow.stored_shape();
        now.changes_since(&shape.to_string()).ok()
    });
    changes.is_some_and(|changes| changes.is_empty())
}

/// The schedules whose input the flow as it is now does not take.
async fn unfit_schedules(
    store: &Store,
    flow: &DurableFlow,
    id: FlowId,
) -> Result<Vec<String>, Error> {
    let schedules = store.schedules(id).await?.into_iter();
    let unfit = schedules.filter_map(|schedule| {
        let begun = flow.begin_json(Message::new(schedule.input), SystemTime::now());
        let error = begun.err()?;
        Some(format!("the schedule `{}`: {error:#}", schedule.name))
    });
    Ok(unfit.collect())
}

/// The traces that may go on, dead ones included.
async fn unended(store: &Store, flow: FlowId) -> Result<Vec<TraceId>, Error> {
    let mut traces = Vec::new();
    let mut after = 0;
    loop {
        let page = store.unfinished(flow, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        traces.extend(page.iter().map(|trace| trace.id));
    }
    let mut after = 0;
    loop {
        let page = store.dead(flow, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        traces.extend(page.iter().map(|dead| dead.trace));
    }
    Ok(traces)
}

/// The traces of a flow, as far as they were looked at.
struct Review<'a> {
    store: &'a Store,
    flow: &'a DurableFlow,
    id: FlowId,
    unreadable: &'a Unreadable,
    /// How many traces each change stops.
    stopped: BTreeMap<String, usize>,
    /// The schedules that cannot start traces any more, and why.
    schedules: Vec<String>,
    /// What is written once all were looked at.
    writes: Vec<Transition>,
}

impl Review<'_> {
    async fn look_at(&mut self, id: TraceId) -> Result<(), Error> {
        let Some(stored) = self.store.load(id).await? else {
            return Ok(());
        };
        let Err(mut changes) = readable(self.flow, &stored) else {
            return Ok(());
        };
        if let Some(migration) = &self.unreadable.migration {
            match migrated(self.flow, &stored, migration) {
                Ok(trace) => return self.put_back(&stored, &trace),
                Err(still) => changes = still,
            }
        }
        if self.unreadable.is_buried {
            self.bury(&stored, changes);
        } else {
            for change in changes {
                *self.stopped.entry(change).or_default() += 1;
            }
        }
        Ok(())
    }

    /// A trace that was migrated is dead or waits for its time as before, and else at what it is at now.
    fn put_back(&mut self, stored: &StoredTrace, trace: &DurableTrace) -> Result<(), Error> {
        let mut position = position(trace);
        if matches!(stored.state, State::Dead | State::Retrying) {
            (position.state, position.due) = (stored.state, stored.due);
        }
        let migrated = Transition {
            seq: stored.seq,
            id: stored.id,
            flow: self.id,
            revision: stored.revision,
            state: position.state,
            due: position.due,
            waits: position.waits.filter(|_| position.state != State::Dead),
            frontier: Change::Whole(trace.store()?),
            has_journal: !stored.journal.is_empty(),
            history: Vec::new(),
            results: Vec::new(),
            dead: None,
            error: stored.error.clone(),
            progress: false,
        };
        self.writes.push(migrated);
        Ok(())
    }

    /// What is dead stays so.
    fn bury(&mut self, stored: &StoredTrace, changes: BTreeSet<String>) {
        if stored.state.goes_on() {
            let changes: Vec<_> = changes.into_iter().collect();
            let reason = format!("the flow has changed: {}", changes.join("; "));
            let error = NodeError::new(ErrorKind::Invalid, reason);
            let dead = Dead::of(self.flow.failed(stored.id, error));
            self.writes.push(burial(&Row::of(stored), self.id, &dead));
        }
    }

    async fn end(self) -> Result<(), Error> {
        let mut changes = listed(&self.stopped);
        changes.extend(self.schedules);
        if !changes.is_empty() {
            return Err(Error::Changed {
                flow: self.flow.name().to_owned(),
                changes: changes.join("; "),
            });
        }
        for write in self.writes {
            self.store.commit(write).await?;
        }
        Ok(())
    }
}

fn listed(stopped: &BTreeMap<String, usize>) -> Vec<String> {
    let changes = stopped.iter().map(|(change, traces)| match traces {
        1 => format!("{change} (1 trace)"),
        traces => format!("{change} ({traces} traces)"),
    });
    changes.collect()
}

/// # Errors
///
/// Why the flow cannot read the trace.
fn readable(flow: &DurableFlow, stored: &StoredTrace) -> Result<DurableTrace, BTreeSet<String>> {
    let mut changes = BTreeSet::new();
    for document in stored.frontier.iter().chain(&stored.journal) {
        // What is no document is an error of reading.
        changes.extend(flow.changes(document).unwrap_or_default());
    }
    match changes.is_empty() {
        true => read(flow, stored).map_err(|error| BTreeSet::from([format!("{error:#}")])),
        false => Err(changes),
    }
}

/// The trace that is read from its documents as the migration made them.
fn migrated(
    flow: &DurableFlow,
    stored: &StoredTrace,
    migration: &Migration,
) -> Result<DurableTrace, BTreeSet<String>> {
    let mut stored = stored.clone();
    for document in stored.frontier.iter_mut().chain(&mut stored.journal) {
        let changed = changed(document, migration);
        *document = changed.map_err(|reason| BTreeSet::from([reason]))?;
    }
    readable(flow, &stored)
}

fn changed(document: &[u8], migration: &Migration) -> Result<Vec<u8>, String> {
    let document: Value = serde_json::from_slice(document).map_err(|error| error.to_string())?;
    let mut changed = migration(document)?;
    // Steps say by their names and inputs what they rely on.
    if let Some(nodes) = changed.pointer_mut("/relies_on/nodes") {
        *nodes = Value::Object(serde_json::Map::new());
    }
    Ok(changed.to_string().into_bytes())
}
