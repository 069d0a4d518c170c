//! The tables of an inspector: plain data, made of events alone, whose size is bounded. Nothing here
//! reads a clock.

mod histogram;
mod nodes;
mod row;
mod seconds;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::SystemTime;

use penguiflow::host::{HostedState, TraceDetail, TraceFilter, TraceSummary};
use penguiflow::{Event, EventKind, TraceId, TraceOutcome};
use serde::Serialize;

use histogram::Histogram;
pub(super) use nodes::NodeNow;
use nodes::{NodeTable, latency, milliseconds};
use row::TraceRow;
use seconds::Seconds;

/// How many attempts of all traces are kept, for each trace that is kept.
const ATTEMPTS: usize = 4;
/// How many of them one trace may have: of a trace that goes on and on, the last ones count.
const OF_ONE: usize = 1_000;

/// What is known of a flow's traces and nodes.
#[derive(Debug)]
pub(super) struct Tables {
    most: usize,
    /// By their order of coming.
    rows: BTreeMap<i64, TraceRow>,
    ids: HashMap<TraceId, i64>,
    /// Those that have ended, the first to end is first.
    ended: VecDeque<i64>,
    /// Those of them whose attempts are kept still.
    detailed: VecDeque<i64>,
    /// How many attempts are kept.
    attempts: usize,
    next: i64,
    states: States,
    nodes: NodeTable,
    ends: Seconds,
    times: Histogram,
    begun: u64,
    pub(super) lost: u64,
}

/// A trace in a list, with the nodes that it stands at.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    #[serde(flatten)]
    pub(super) summary: TraceSummary,
    pub(super) at: Vec<String>,
}

/// How many traces that are kept are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct States {
    pub(super) active: u64,
    pub(super) retrying: u64,
    pub(super) parked: u64,
    pub(super) dead: u64,
    pub(super) completed: u64,
    pub(super) filtered: u64,
    pub(super) failed: u64,
    pub(super) cancelled: u64,
}

/// The figures of a flow at one moment. Times are in milliseconds.
#[derive(Debug, Serialize)]
pub(super) struct FlowNow {
    /// A state without a number is not told from others.
    pub(super) states: Option<HashMap<HostedState, u64>>,
    pub(super) begun: u64,
    /// Traces that end in a second.
    pub(super) rate: f64,
    latency: Latency,
    /// The traces that ended in each second of the last minute, and those of them that failed.
    history: Vec<[u32; 2]>,
    pub(super) nodes: Vec<NodeNow>,
    lost: u64,
}

#[derive(Debug, Serialize)]
struct Latency {
    p50: Option<f64>,
    p95: Option<f64>,
    longest: Option<f64>,
}

impl Tables {
    /// Tables that keep so many traces.
    pub(super) fn of_last(traces: usize) -> Self {
        Self {
            most: traces.max(1),
            rows: BTreeMap::new(),
            ids: HashMap::new(),
            ended: VecDeque::new(),
            detailed: VecDeque::new(),
            attempts: 0,
            next: 1,
            states: States::default(),
            nodes: NodeTable::default(),
            ends: Seconds::default(),
            times: Histogram::default(),
            begun: 0,
            lost: 0,
        }
    }

    /// Takes in what happened.
    pub(super) fn absorb(&mut self, event: &Event) {
        let name = event.node_name;
        let node = name.map(|name| self.nodes.place(name, event.playbook.as_ref()));
        if let Some(node) = node {
            self.nodes.count(node, event);
        }
        // Flows that nodes call report their own beginning and end within the trace.
        let is_of_trace = node.is_none() && event.playbook.is_none();
        let seq = match (self.ids.get(&event.trace_id), event.event) {
            (Some(seq), _) => *seq,
            (None, EventKind::TraceEnd) => return self.count_end(event),
            (None, _) => self.add(event),
        };
        let Some(row) = self.rows.get_mut(&seq) else {
            return;
        };
        let (state, kept) = (row.state, row.past.len());
        match (event.event, node) {
            (EventKind::TraceStart, _) if is_of_trace => row.begin(event, &mut self.nodes),
            (EventKind::TraceEnd, _) if is_of_trace => row.end(event, &mut self.nodes),
            (_, Some(node)) if !state.has_ended() => row.absorb(event, node, &mut self.nodes),
            _ => {}
        }
        if row.past.len() > OF_ONE {
            row.past.pop_front();
        }
        self.attempts = self.attempts + row.past.len() - kept;
        let now = row.state;
        *self.states.of(state) -= 1;
        *self.states.of(now) += 1;
        if now.has_ended() && event.event == EventKind::TraceEnd && is_of_trace {
            self.end(seq, event);
        }
        self.forget(seq);
    }

    fn add(&mut self, event: &Event) -> i64 {
        let seq = self.next;
        self.next += 1;
        self.begun += 1;
        self.ids.insert(event.trace_id, seq);
        self.rows.insert(seq, TraceRow::of(event));
        self.states.active += 1;
        seq
    }

    fn count_end(&mut self, event: &Event) {
        if event.playbook.is_none() {
            let outcome = event.outcome;
            let is_bad = matches!(outcome, Some(TraceOutcome::Failed | TraceOutcome::Deadline));
            self.ends.add(event.ts, is_bad);
            self.times.add(latency(event));
        }
    }

    /// A trace that a host replays ends more than once, and is to be forgotten once.
    fn end(&mut self, seq: i64, event: &Event) {
        self.count_end(event);
        if let Some(row) = self.rows.get_mut(&seq)
            && !std::mem::replace(&mut row.may_be_forgotten, true)
        {
            self.ended.push_back(seq);
            self.detailed.push_back(seq);
        }
    }

    /// Forgets the traces that ended first, and before them their attempts. Where so many traces have
    /// not ended, the oldest of all is forgotten; `seq` is the one that has just grown.
    fn forget(&mut self, seq: i64) {
        while self.attempts > self.most.saturating_mul(ATTEMPTS) {
            let from = self.detailed.pop_front();
            let Some(row) = self.rows.get_mut(&from.unwrap_or(seq)) else {
                continue;
            };
            let gone = match from {
                Some(_) => std::mem::take(&mut row.past).len(),
                None => row.past.pop_front().map_or(0, |_| 1),
            };
            self.attempts -= gone;
            if from.is_none() && gone == 0 {
                break;
            }
        }
        while self.rows.len() > self.most {
            let ended = self.ended.pop_front();
            let first = self.rows.first_key_value().map(|(seq, _)| *seq);
            if let Some(seq) = ended.or(first) {
                self.remove(seq);
            }
        }
    }

    fn remove(&mut self, seq: i64) {
        let Some(mut row) = self.rows.remove(&seq) else {
            return;
        };
        row.leave_all(&mut self.nodes);
        self.ids.remove(&row.id);
        self.attempts -= row.past.len();
        *self.states.of(row.state) -= 1;
        if self.detailed.front() == Some(&seq) {
            self.detailed.pop_front();
        }
    }

    /// The traces that fit a filter, the newest first, among so many rows from its place on; and the
    /// place where the rest begins, unless that was all.
    pub(super) fn list(&self, filter: &TraceFilter, rows: usize) -> (Vec<Listed>, Option<i64>) {
        let before = filter.before.unwrap_or(i64::MAX);
        let mut listed = Vec::new();
        for (seen, (seq, row)) in self.rows.range(..before).rev().enumerate() {
            if seen == rows || (filter.limit > 0 && listed.len() >= filter.limit as usize) {
                return (listed, Some(seq + 1));
            }
            if self.fits(row, filter) {
                listed.push(Listed {
                    summary: row.summary(*seq, &self.nodes),
                    at: row.at(&self.nodes),
                });
            }
        }
        (listed, None)
    }

    fn fits(&self, row: &TraceRow, filter: &TraceFilter) -> bool {
        let search = filter.search.as_deref().unwrap_or_default();
        (filter.states.is_empty() || filter.states.contains(&row.state))
            && (search.is_empty() || row.has(search, &self.nodes))
    }

    pub(super) fn detail(&self, id: TraceId) -> Option<TraceDetail> {
        let seq = self.ids.get(&id)?;
        Some(self.rows.get(seq)?.detail(*seq, &self.nodes))
    }

    pub(super) fn now(&self, now: SystemTime) -> FlowNow {
        let percentile = |part| self.times.percentile(part).map(milliseconds);
        FlowNow {
            states: Some(self.states.by_state()),
            begun: self.begun,
            rate: self.ends.rate(now),
            latency: Latency {
                p50: percentile(0.5),
                p95: percentile(0.95),
                longest: self.times.longest().map(milliseconds),
            },
            history: self.ends.history(now),
            nodes: self.nodes.figures(now),
            lost: self.lost,
        }
    }
}

impl States {
    fn by_state(self) -> HashMap<HostedState, u64> {
        HashMap::from([
            (HostedState::Active, self.active),
            (HostedState::Retrying, self.retrying),
            (HostedState::Parked, self.parked),
            (HostedState::Dead, self.dead),
            (HostedState::Completed, self.completed),
            (HostedState::Filtered, self.filtered),
            (HostedState::Failed, self.failed),
            (HostedState::Cancelled, self.cancelled),
        ])
    }

    fn of(&mut self, state: HostedState) -> &mut u64 {
        match state {
            HostedState::Retrying => &mut self.retrying,
            HostedState::Parked => &mut self.parked,
            HostedState::Dead => &mut self.dead,
            HostedState::Completed => &mut self.completed,
            HostedState::Filtered => &mut self.filtered,
            HostedState::Failed => &mut self.failed,
            HostedState::Cancelled => &mut self.cancelled,
            _ => &mut self.active,
        }
    }
}
