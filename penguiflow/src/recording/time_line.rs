//! The time line of a trace: its visits with their attempts and waits, made of its events.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::event::{Event, EventKind, TraceOutcome};
use crate::message::{StepId, TraceId};

use super::count::of_milliseconds;

/// What happened in a trace, and when. Its [`Display`](std::fmt::Display) is a chart for a
/// terminal of 100 columns; [`TimeLine::text`] makes it for another width.
///
/// All times count from its beginning.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TimeLine {
    /// The trace.
    pub trace_id: TraceId,
    /// When it began.
    pub began: SystemTime,
    /// When its last event happened: its end, if it has ended.
    pub length: Duration,
    /// The name of its flow.
    pub flow: &'static str,
    /// How it ended; `None` if it has not.
    pub outcome: Option<TraceOutcome>,
    /// The error that it ended in.
    pub error: Option<String>,
    /// The tokens that it spent, once it has ended.
    pub tokens: u64,
    /// Its visits, in the order in which they began.
    pub visits: Vec<VisitTime>,
}

/// A visit of a node, or of an `await`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VisitTime {
    /// The node's name in the flow.
    pub node: &'static str,
    /// The playbooks that the node runs in, outermost first: `Support/Search`.
    pub playbook: Option<Arc<str>>,
    /// The step that visits it.
    pub step: Option<StepId>,
    /// Its attempts. A visit of an `await` has none.
    pub attempts: Vec<AttemptTime>,
    /// The time between attempts, and the time that an `await` was parked.
    pub waits: Vec<WaitTime>,
}

/// An attempt of a visit.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AttemptTime {
    /// When it began.
    pub began: Duration,
    /// How long it took, or has taken so far.
    pub took: Duration,
    /// How it ended.
    pub outcome: Outcome,
}

/// A time in which a visit does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitTime {
    /// When it began.
    pub began: Duration,
    /// How long it took, or has taken so far.
    pub took: Duration,
    /// Whether a trace was parked there.
    pub is_parked: bool,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It still ran when the last event was recorded.
    Unfinished,
    /// It succeeded.
    Succeeded,
    /// It failed, with this error.
    Failed(String),
    /// It took longer than its timeout, with this error.
    TimedOut(String),
    /// It was dropped before its end.
    Cancelled,
}

impl TimeLine {
    /// The time line of a trace with these events, in their order.
    pub(super) fn of(trace_id: TraceId, events: &[Event]) -> Self {
        let began = events
            .first()
            .map_or(SystemTime::UNIX_EPOCH, |event| event.ts);
        let mut draft = Draft::default();
        for event in events {
            let at = event.ts.duration_since(began).unwrap_or_default();
            draft.length = draft.length.max(at);
            draft.add(event, at);
        }
        let (length, mut visits) = (draft.length, draft.visits);
        visits
            .iter_mut()
            .for_each(|visit| visit.lasts_until(length));
        let end = events
            .iter()
            .rfind(|event| event.event == EventKind::TraceEnd);
        Self {
            trace_id,
            flow: events.first().map_or("flow", |event| event.flow),
            began,
            length,
            outcome: end.and_then(|end| end.outcome),
            error: end.and_then(|end| end.error.clone()),
            tokens: end.and_then(|end| end.tokens).unwrap_or(0),
            visits,
        }
    }
}

#[derive(Default)]
struct Draft<'e> {
    places: HashMap<(Option<&'e str>, &'static str, Option<StepId>), usize>,
    visits: Vec<VisitTime>,
    length: Duration,
}

impl<'e> Draft<'e> {
    fn add(&mut self, event: &'e Event, at: Duration) {
        let Some(node) = event.node_name else {
            return;
        };
        let key = (event.playbook.as_deref(), node, event.step);
        let place = *self.places.entry(key).or_insert_with(|| {
            self.visits.push(VisitTime::of(node, event));
            self.visits.len() - 1
        });
        self.visits[place].add(event, at);
    }
}

impl VisitTime {
    fn of(node: &'static str, event: &Event) -> Self {
        Self {
            node,
            playbook: event.playbook.clone(),
            step: event.step,
            attempts: Vec::new(),
            waits: Vec::new(),
        }
    }

    fn add(&mut self, event: &Event, at: Duration) {
        let error = || event.error.clone().unwrap_or_default();
        match event.event {
            EventKind::NodeStart => self.attempts.push(AttemptTime {
                began: at,
                took: Duration::ZERO,
                outcome: Outcome::Unfinished,
            }),
            EventKind::NodeSuccess => self.end(at, Outcome::Succeeded),
            EventKind::NodeError => self.end(at, Outcome::Failed(error())),
            EventKind::NodeTimeout => self.end(at, Outcome::TimedOut(error())),
            EventKind::NodeCancelled => self.end(at, Outcome::Cancelled),
            // Of an attempt that failed in a way of its own, such as at its parameters.
            EventKind::NodeFailed => self.end(at, Outcome::Failed(error())),
            EventKind::NodeRetry => self.waits.push(WaitTime {
                began: at,
                took: event.sleep_ms.map(of_milliseconds).unwrap_or_default(),
                is_parked: false,
            }),
            EventKind::TraceParked => self.waits.push(WaitTime {
                began: at,
                took: Duration::MAX,
                is_parked: true,
            }),
            EventKind::TraceResumed => {
                if let Some(wait) = self.waits.last_mut() {
                    wait.took = at.saturating_sub(wait.began);
                }
            }
            EventKind::TraceStart | EventKind::TraceEnd | EventKind::DeadlineSkip => {}
        }
    }

    /// Ends the attempt that runs; the first report of its end counts.
    fn end(&mut self, at: Duration, outcome: Outcome) {
        if let Some(attempt) = self.attempts.last_mut()
            && attempt.outcome == Outcome::Unfinished
        {
            attempt.took = at.saturating_sub(attempt.began);
            attempt.outcome = outcome;
        }
    }

    /// What still runs or waits has done so until the trace's last event.
    fn lasts_until(&mut self, end: Duration) {
        for attempt in &mut self.attempts {
            if attempt.outcome == Outcome::Unfinished {
                attempt.took = end.saturating_sub(attempt.began);
            }
        }
        for wait in &mut self.waits {
            wait.took = wait.took.min(end.saturating_sub(wait.began));
        }
    }

    /// When it began.
    pub fn began(&self) -> Duration {
        let attempts = self.attempts.iter().map(|attempt| attempt.began);
        let waits = self.waits.iter().map(|wait| wait.began);
        attempts.chain(waits).min().unwrap_or_default()
    }

    /// When it ended: the end of its last attempt or wait.
    pub fn ended(&self) -> Duration {
        let attempts = self
            .attempts
            .iter()
            .map(|attempt| attempt.began + attempt.took);
        let waits = self.waits.iter().map(|wait| wait.began + wait.took);
        attempts.chain(waits).max().unwrap_or_default()
    }

    /// The node's name, after the playbooks that it runs in.
    pub fn name(&self) -> String {
        match &self.playbook {
            Some(playbook) => format!("{playbook}/{}", self.node),
            None => self.node.to_owned(),
        }
    }
}
