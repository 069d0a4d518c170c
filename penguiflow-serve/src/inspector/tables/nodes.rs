//! What each node does: counts, what runs in it, rates and latencies.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use penguiflow::{Event, EventKind};
use serde::Serialize;

use super::histogram::Histogram;
use super::seconds::Seconds;

/// The nodes that were visited, in the order of their first visits.
#[derive(Debug, Default)]
pub(super) struct NodeTable {
    places: HashMap<(Option<Arc<str>>, &'static str), u32>,
    rows: Vec<NodeRow>,
}

/// What a node does.
#[derive(Debug, Default)]
struct NodeRow {
    name: &'static str,
    playbook: Option<Arc<str>>,
    visits: u64,
    attempts: u64,
    retried: u64,
    failed: u64,
    cancelled: u64,
    waiting: usize,
    /// By `Standing`.
    standing: [u64; 3],
    began: Seconds,
    times: Histogram,
}

/// What a step does at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Running,
    Retrying,
    Parked,
}

impl NodeTable {
    /// The place of the node that an event is about.
    pub(super) fn place(&mut self, name: &'static str, playbook: Option<&Arc<str>>) -> u32 {
        let rows = &mut self.rows;
        *self
            .places
            .entry((playbook.cloned(), name))
            .or_insert_with(|| {
                rows.push(NodeRow {
                    name,
                    playbook: playbook.cloned(),
                    ..NodeRow::default()
                });
                rows.len() as u32 - 1
            })
    }

    /// The node's name in the flow, after the playbooks that it runs in.
    pub(super) fn name(&self, place: u32) -> String {
        let row = &self.rows[place as usize];
        match &row.playbook {
            Some(playbook) => format!("{playbook}/{}", row.name),
            None => row.name.to_owned(),
        }
    }

    /// Whether the node's name has this text in it.
    pub(super) fn has(&self, place: u32, text: &str) -> bool {
        self.rows[place as usize].name.contains(text)
    }

    /// A step does something else at a node.
    pub(super) fn moved(&mut self, place: u32, before: Option<Standing>, after: Option<Standing>) {
        let standing = &mut self.rows[place as usize].standing;
        if let Some(before) = before {
            standing[before as usize] = standing[before as usize].saturating_sub(1);
        }
        if let Some(after) = after {
            standing[after as usize] += 1;
        }
    }

    pub(super) fn count(&mut self, place: u32, event: &Event) {
        let row = &mut self.rows[place as usize];
        row.waiting = event.q_depth_in;
        match event.event {
            EventKind::NodeStart => {
                row.attempts += 1;
                if event.attempt == 0 {
                    row.visit(event.ts);
                }
            }
            EventKind::TraceParked => row.visit(event.ts),
            EventKind::NodeSuccess => row.times.add(latency(event)),
            EventKind::NodeRetry => row.retried += 1,
            EventKind::NodeFailed => row.failed += 1,
            EventKind::NodeCancelled | EventKind::DeadlineSkip => row.cancelled += 1,
            _ => {}
        }
    }

    pub(super) fn figures(&self, now: SystemTime) -> Vec<NodeNow> {
        self.rows.iter().map(|row| row.figures(now)).collect()
    }
}

/// The time of an attempt or of a trace.
pub(super) fn latency(event: &Event) -> Duration {
    let time = event.latency_ms.unwrap_or_default();
    Duration::try_from_secs_f64(time / 1e3).unwrap_or_default()
}

pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

impl NodeRow {
    fn visit(&mut self, at: SystemTime) {
        self.visits += 1;
        self.began.add(at, false);
    }

    fn figures(&self, now: SystemTime) -> NodeNow {
        let [running, retrying, parked] = self.standing;
        let percentile = |part| self.times.percentile(part).map(milliseconds);
        NodeNow {
            node: self.name,
            playbook: self.playbook.as_deref().map(str::to_owned),
            visits: self.visits,
            attempts: self.attempts,
            running,
            retrying,
            parked,
            retried: self.retried,
            failed: self.failed,
            cancelled: self.cancelled,
            waiting: self.waiting,
            rate: self.began.rate(now),
            p50: percentile(0.5),
            p95: percentile(0.95),
            longest: self.times.longest().map(milliseconds),
        }
    }
}

/// The figures of a node. Times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct NodeNow {
    pub(crate) node: &'static str,
    playbook: Option<String>,
    pub(crate) visits: u64,
    pub(crate) attempts: u64,
    /// Steps whose first attempt runs.
    pub(crate) running: u64,
    /// Steps of which an attempt has failed, and which are not over.
    pub(crate) retrying: u64,
    /// Steps that wait for a value.
    pub(crate) parked: u64,
    pub(crate) retried: u64,
    pub(crate) failed: u64,
    cancelled: u64,
    waiting: usize,
    /// Visits that begin in a second.
    pub(crate) rate: f64,
    pub(crate) p50: Option<f64>,
    p95: Option<f64>,
    longest: Option<f64>,
}
