//! Where a trace stands, read from its stored frontier and journal without the flow's code. What it
//! does not recognise it leaves out: a newer version may store more.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Time;

/// Where a trace stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Standing {
    /// The steps to run, those under way among them.
    pub to_run: Vec<StepRow>,
    /// The steps whose next attempt comes later.
    pub retrying: Vec<StepRow>,
    /// The steps that wait for a value.
    pub parked: Vec<StepRow>,
    /// The open joins.
    pub joins: Vec<JoinRow>,
    /// How many outputs there are so far.
    pub outputs: usize,
    /// How many tokens were spent so far.
    pub tokens: u64,
}

/// A step of a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StepRow {
    /// Its id.
    pub step: String,
    /// The node that it runs.
    pub node: String,
    /// How many of its attempts have failed.
    pub attempts: u32,
    /// When it began to wait.
    pub since: Option<Time>,
    /// When its next attempt comes, or it stops waiting.
    pub until: Option<Time>,
}

/// An open join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct JoinRow {
    /// What it is: ``a `join` of [price, count]``.
    pub join: String,
    /// How many inputs have arrived.
    pub arrived: usize,
    /// How many inputs nothing will fill.
    pub lost: usize,
    /// How many items of a map have not begun.
    pub waiting_items: usize,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StoredFrontier {
    relies_on: Reliance,
    steps: Vec<Pending>,
    outputs: Vec<Value>,
    spent: u64,
    parked: Vec<Parked>,
    retried: Vec<Retried>,
    joins: Vec<Join>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reliance {
    joins: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Pending {
    cursor: Cursor,
    step: Value,
}

#[derive(Deserialize)]
struct Cursor {
    id: String,
    #[serde(default)]
    attempts: u32,
}

#[derive(Deserialize)]
struct Parked {
    since: Option<WallTime>,
    patience: Option<WallTime>,
    pending: Pending,
}

#[derive(Deserialize)]
struct Retried {
    until: WallTime,
    pending: Pending,
}

#[derive(Deserialize)]
struct Join {
    key: JoinKey,
    #[serde(default)]
    inputs: Vec<Value>,
    #[serde(default)]
    lost: Vec<u32>,
    #[serde(default)]
    is_complete: bool,
    items: Option<Items>,
}

#[derive(Deserialize)]
struct JoinKey {
    join: u32,
}

#[derive(Deserialize)]
struct Items {
    #[serde(default)]
    waiting: Vec<Value>,
}

/// A time as serde writes `SystemTime`.
#[derive(Clone, Copy, Deserialize)]
struct WallTime {
    secs_since_epoch: u64,
    #[serde(default)]
    nanos_since_epoch: u32,
}

/// What a step emitted, kept apart from the frontier.
#[derive(Deserialize)]
struct Entry {
    step: String,
    end: EntryEnd,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum EntryEnd {
    Emitted(Vec<BTreeMap<String, Value>>),
    Again { attempts: u32, until: WallTime },
    Failed(IgnoredAny, IgnoredAny),
}

impl Standing {
    /// Reads a frontier and the entries that came after it. `awaits` are the nodes that park.
    pub(super) fn read(frontier: &[u8], journal: &[Vec<u8>], awaits: &[String]) -> Option<Self> {
        let stored: StoredFrontier = serde_json::from_slice(frontier).ok()?;
        let mut standing = Self {
            to_run: stored.steps.iter().map(StepRow::of).collect(),
            retrying: stored.retried.iter().map(StepRow::retried).collect(),
            parked: stored.parked.iter().map(StepRow::parked).collect(),
            joins: stored
                .joins
                .iter()
                .filter(|join| !join.is_complete)
                .map(|join| JoinRow::of(join, &stored.relies_on))
                .collect(),
            outputs: stored.outputs.len(),
            tokens: stored.spent,
        };
        let entries = journal
            .iter()
            .filter_map(|entry| serde_json::from_slice(entry).ok());
        entries.for_each(|entry| standing.absorb(entry, awaits));
        Some(standing)
    }

    fn absorb(&mut self, entry: Entry, awaits: &[String]) {
        let Some(mut row) = self.take(&entry.step) else {
            return;
        };
        match entry.end {
            EntryEnd::Again { attempts, until } => {
                row.attempts = attempts;
                row.until = Some(until.into());
                self.retrying.push(row);
            }
            EntryEnd::Emitted(emits) => emits.into_iter().for_each(|emit| self.add(emit, awaits)),
            EntryEnd::Failed(..) => {}
        }
    }

    /// Takes out a step that is over, or goes on later.
    fn take(&mut self, step: &str) -> Option<StepRow> {
        let Self {
            to_run,
            retrying,
            parked,
            ..
        } = self;
        [to_run, retrying, parked].into_iter().find_map(|rows| {
            let place = rows.iter().position(|row| row.step == step)?;
            Some(rows.remove(place))
        })
    }

    /// Adds one thing that a step emitted.
    fn add(&mut self, emit: BTreeMap<String, Value>, awaits: &[String]) {
        for (kind, value) in emit {
            match kind.as_str() {
                "output" => self.outputs += 1,
                "step" => {
                    let pending = serde_json::from_value(value);
                    let row = pending.ok().map(|pending| StepRow::of(&pending));
                    let is_parked = |row: &StepRow| awaits.contains(&row.node);
                    let (parked, to_run) = row.into_iter().partition::<Vec<_>, _>(is_parked);
                    self.parked.extend(parked);
                    self.to_run.extend(to_run);
                }
                _ => {}
            }
        }
    }
}

impl StepRow {
    fn of(pending: &Pending) -> Self {
        Self {
            step: pending.cursor.id.clone(),
            node: node_of(&pending.step),
            attempts: pending.cursor.attempts,
            since: None,
            until: None,
        }
    }

    fn retried(retried: &Retried) -> Self {
        let until = Some(retried.until.into());
        Self {
            until,
            ..Self::of(&retried.pending)
        }
    }

    fn parked(parked: &Parked) -> Self {
        Self {
            since: parked.since.map(Time::from),
            until: parked.patience.map(Time::from),
            ..Self::of(&parked.pending)
        }
    }
}

impl JoinRow {
    fn of(join: &Join, relies_on: &Reliance) -> Self {
        let number = join.key.join.to_string();
        let name = relies_on.joins.get(&number).cloned();
        Self {
            join: name.unwrap_or_else(|| format!("join {number}")),
            arrived: join.inputs.len(),
            lost: join.lost.len(),
            waiting_items: join.items.as_ref().map_or(0, |items| items.waiting.len()),
        }
    }
}

/// A step is stored as `{"node": input}`.
fn node_of(step: &Value) -> String {
    let name = step.as_object().and_then(|step| step.keys().next());
    name.map_or_else(|| "?".to_owned(), Clone::clone)
}

impl From<WallTime> for Time {
    fn from(time: WallTime) -> Self {
        let millis = time.secs_since_epoch.saturating_mul(1_000);
        let millis = millis.saturating_add(u64::from(time.nanos_since_epoch / 1_000_000));
        Self(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}
