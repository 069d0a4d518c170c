//! One trace: what its steps do, and the attempts that are over.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use penguiflow::host::{
    HostedState, OpenStep, ParkedStep, PastAttempt, StepId, TraceDetail, TraceFault, TraceSummary,
};
use penguiflow::{Event, EventKind, SharedHeaders, TraceId, TraceOutcome};

use super::nodes::{NodeTable, Standing, latency, milliseconds};

/// A trace that was seen.
#[derive(Debug)]
pub(super) struct TraceRow {
    pub(super) id: TraceId,
    pub(super) state: HostedState,
    created: SystemTime,
    updated: SystemTime,
    headers: SharedHeaders,
    fault: Option<Box<TraceFault>>,
    open: Vec<OpenVisit>,
    /// Oldest first.
    pub(super) past: VecDeque<Past>,
    last_failure: Option<Failure>,
    /// Whether it has ended, if only for a while.
    pub(super) may_be_forgotten: bool,
}

/// A visit that is not over. A node is named by its place in the table of nodes.
#[derive(Debug)]
struct OpenVisit {
    node: u32,
    step: Option<StepId>,
    phase: Phase,
    since: SystemTime,
    until: Option<SystemTime>,
    failed_attempts: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    /// Its last attempt has failed, and the next one has not begun.
    Between,
    Parked,
}

/// An attempt that is over, or a wait for a value.
#[derive(Debug, Clone)]
pub(super) struct Past {
    node: u32,
    step: Option<StepId>,
    attempt: u32,
    began: SystemTime,
    took: Duration,
    outcome: &'static str,
    error: Option<Arc<str>>,
}

/// A visit that has failed, and may be why its trace does.
#[derive(Debug, Clone, Copy)]
struct Failure {
    node: u32,
    attempts: u32,
}

impl TraceRow {
    pub(super) fn of(event: &Event) -> Self {
        Self {
            id: event.trace_id,
            state: HostedState::Active,
            created: event.ts,
            updated: event.ts,
            headers: event.headers.clone(),
            fault: None,
            open: Vec::new(),
            past: VecDeque::new(),
            last_failure: None,
            may_be_forgotten: false,
        }
    }

    /// The trace begins, or begins again where its host replays it.
    pub(super) fn begin(&mut self, event: &Event, nodes: &mut NodeTable) {
        self.leave_all(nodes);
        self.headers = event.headers.clone();
        self.fault = None;
        self.updated = event.ts;
        self.state = HostedState::Active;
    }

    /// Something happened at a node.
    pub(super) fn absorb(&mut self, event: &Event, node: u32, nodes: &mut NodeTable) {
        self.updated = event.ts;
        match event.event {
            EventKind::NodeStart => self.change(event, node, nodes, |visit| {
                visit.phase = Phase::Running;
                (visit.since, visit.until) = (event.ts, None);
                visit.failed_attempts = event.attempt;
            }),
            EventKind::NodeError | EventKind::NodeTimeout => {
                self.end_attempt(event, node, outcome(event));
                self.change(event, node, nodes, |visit| {
                    visit.phase = Phase::Between;
                    visit.failed_attempts = event.attempt + 1;
                });
            }
            EventKind::NodeRetry => self.change(event, node, nodes, |visit| {
                visit.phase = Phase::Between;
                visit.failed_attempts = event.attempt;
                visit.until = Some(event.ts + sleep(event));
            }),
            EventKind::TraceParked => self.change(event, node, nodes, |visit| {
                visit.phase = Phase::Parked;
                (visit.since, visit.until) = (event.ts, event.until);
            }),
            EventKind::NodeSuccess => self.end_visit(event, node, nodes, "ok"),
            EventKind::NodeCancelled => self.end_visit(event, node, nodes, "cancelled"),
            EventKind::TraceResumed => {
                let outcome = match event.error {
                    Some(_) => outcome(event),
                    None => "parked",
                };
                self.end_visit(event, node, nodes, outcome);
            }
            EventKind::NodeFailed => {
                let attempts = event.attempt + 1;
                self.last_failure = Some(Failure { node, attempts });
                self.end_visit(event, node, nodes, outcome(event));
            }
            _ => {}
        }
        self.state = self.standing();
    }

    /// The trace is over.
    pub(super) fn end(&mut self, event: &Event, nodes: &mut NodeTable) {
        self.leave_all(nodes);
        self.updated = event.ts;
        self.state = match event.outcome {
            Some(TraceOutcome::Completed) | None => HostedState::Completed,
            Some(TraceOutcome::Filtered) => HostedState::Filtered,
            Some(TraceOutcome::Cancelled) => HostedState::Cancelled,
            Some(_) => HostedState::Failed,
        };
        if self.state == HostedState::Failed {
            self.fault = Some(Box::new(self.fault_of(event, nodes)));
        }
    }

    fn fault_of(&self, event: &Event, nodes: &NodeTable) -> TraceFault {
        let kind = event.error_kind.map_or("failed", |kind| kind.as_str());
        let mut fault = TraceFault::new(kind, sentence(event));
        fault.causes = event.causes.clone();
        let failure = self.last_failure;
        let path = failure.map(|failure| nodes.name(failure.node));
        fault.attempts = failure
            .filter(|_| event.path.is_none() || event.path == path)
            .map_or(0, |failure| failure.attempts);
        fault.path = event.path.clone();
        let node = event
            .path
            .as_deref()
            .and_then(|path| path.rsplit('/').next());
        fault.node = node.map(str::to_owned);
        fault
    }

    /// Whether somebody's visit is not over, a retry has begun, or a value is awaited.
    fn standing(&self) -> HostedState {
        let phases = || self.open.iter().map(OpenVisit::standing);
        if phases().any(|standing| standing == Some(Standing::Retrying)) {
            return HostedState::Retrying;
        }
        let is_parked = phases().any(|standing| standing == Some(Standing::Parked));
        match is_parked && phases().all(|standing| standing == Some(Standing::Parked)) {
            true => HostedState::Parked,
            false => HostedState::Active,
        }
    }

    /// Changes the open visit of a step, or opens one.
    fn change(
        &mut self,
        event: &Event,
        node: u32,
        nodes: &mut NodeTable,
        change: impl FnOnce(&mut OpenVisit),
    ) {
        let place = self.position(event, node).unwrap_or_else(|| {
            self.open.push(OpenVisit {
                node,
                step: event.step,
                phase: Phase::Between,
                since: event.ts,
                until: None,
                failed_attempts: 0,
            });
            self.open.len() - 1
        });
        let visit = &mut self.open[place];
        let before = visit.standing();
        change(visit);
        nodes.moved(node, before, visit.standing());
    }

    fn position(&self, event: &Event, node: u32) -> Option<usize> {
        let mut open = self.open.iter();
        open.position(|visit| visit.node == node && visit.step == event.step)
    }

    /// Takes down an attempt, if one runs.
    fn end_attempt(&mut self, event: &Event, node: u32, outcome: &'static str) {
        let Some(place) = self.position(event, node) else {
            return;
        };
        let visit = &self.open[place];
        if visit.phase == Phase::Between {
            return;
        }
        let took = match event.latency_ms {
            Some(_) => latency(event),
            None => event.ts.duration_since(visit.since).unwrap_or_default(),
        };
        self.past.push_back(Past {
            node,
            step: event.step,
            attempt: event.attempt,
            began: event.ts.checked_sub(took).unwrap_or(visit.since),
            took,
            outcome,
            error: event.error.as_deref().map(Arc::from),
        });
    }

    fn end_visit(
        &mut self,
        event: &Event,
        node: u32,
        nodes: &mut NodeTable,
        outcome: &'static str,
    ) {
        self.end_attempt(event, node, outcome);
        if let Some(place) = self.position(event, node) {
            let visit = self.open.swap_remove(place);
            nodes.moved(node, visit.standing(), None);
        }
    }

    /// What was not ended by an event of its own is over all the same.
    pub(super) fn leave_all(&mut self, nodes: &mut NodeTable) {
        for visit in self.open.drain(..) {
            nodes.moved(visit.node, visit.standing(), None);
        }
    }

    /// Whether the trace is one that is searched for.
    pub(super) fn has(&self, text: &str, nodes: &NodeTable) -> bool {
        let in_fault = |fault: &TraceFault| {
            fault.kind.contains(text)
                || fault.message.contains(text)
                || has_any(&fault.causes, text)
        };
        self.headers.tenant.contains(text)
            || self.fault.as_deref().is_some_and(in_fault)
            || self.open.iter().any(|visit| nodes.has(visit.node, text))
            || (is_id(text) && self.id.to_string().starts_with(&text.to_ascii_lowercase()))
    }

    /// The nodes at which it stands.
    pub(super) fn at(&self, nodes: &NodeTable) -> Vec<String> {
        self.open
            .iter()
            .map(|visit| nodes.name(visit.node))
            .collect()
    }

    pub(super) fn summary(&self, seq: i64, nodes: &NodeTable) -> TraceSummary {
        let mut summary = TraceSummary::new(self.id, seq, self.created);
        summary.state = self.state;
        summary.updated = self.updated;
        summary.due = match self.state {
            HostedState::Retrying => self.open.iter().filter_map(|visit| visit.until).min(),
            _ => None,
        };
        summary.tenant = Some(self.headers.tenant.clone()).filter(|tenant| !tenant.is_empty());
        let parked = self
            .open
            .iter()
            .filter(|visit| visit.phase == Phase::Parked);
        summary.parked_at = parked.map(|visit| nodes.name(visit.node)).collect();
        summary.error = self.fault.as_deref().cloned();
        summary
    }

    /// All that is known of it, but for payloads.
    pub(super) fn detail(&self, seq: i64, nodes: &NodeTable) -> TraceDetail {
        let mut detail = TraceDetail::new(self.summary(seq, nodes));
        detail.headers = serde_json::to_value(&self.headers).ok();
        let (parked, open): (Vec<_>, Vec<_>) = self
            .open
            .iter()
            .partition(|visit| visit.phase == Phase::Parked);
        detail.steps = open.iter().map(|visit| visit.step(nodes)).collect();
        let waits = parked.iter().filter_map(|visit| visit.wait(self.id, nodes));
        detail.waits = waits.collect();
        detail.attempts = self.past.iter().map(|past| past.attempt(nodes)).collect();
        detail
    }
}

fn has_any(texts: &[String], text: &str) -> bool {
    texts.iter().any(|one| one.contains(text))
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The error without its causes, which are told one by one.
fn sentence(event: &Event) -> String {
    let text = event.error.clone().unwrap_or_default();
    let mut short = text.as_str();
    for cause in event.causes.iter().skip(1).rev() {
        let Some(rest) = short.strip_suffix(cause.as_str()) else {
            break;
        };
        short = rest.strip_suffix(": ").unwrap_or(short);
    }
    short.to_owned()
}

fn outcome(event: &Event) -> &'static str {
    event.error_kind.map_or("failed", |kind| kind.as_str())
}

fn sleep(event: &Event) -> Duration {
    let time = event.sleep_ms.unwrap_or_default();
    Duration::try_from_secs_f64(time / 1e3).unwrap_or_default()
}

impl OpenVisit {
    fn standing(&self) -> Option<Standing> {
        match (self.phase, self.failed_attempts) {
            (Phase::Parked, _) => Some(Standing::Parked),
            (_, 1..) => Some(Standing::Retrying),
            (Phase::Running, 0) => Some(Standing::Running),
            (Phase::Between, 0) => None,
        }
    }

    fn step(&self, nodes: &NodeTable) -> OpenStep {
        let mut step = OpenStep::new(nodes.name(self.node));
        step.step = self.step.map(|step| step.to_string());
        step.failed_attempts = self.failed_attempts;
        match self.phase {
            Phase::Running => step.since = Some(self.since),
            Phase::Between | Phase::Parked => step.until = self.until,
        }
        step
    }

    fn wait(&self, id: TraceId, nodes: &NodeTable) -> Option<ParkedStep> {
        let mut wait = ParkedStep::new(id, self.step?, nodes.name(self.node), self.since);
        wait.until = self.until;
        Some(wait)
    }
}

impl Past {
    fn attempt(&self, nodes: &NodeTable) -> PastAttempt {
        let node = nodes.name(self.node);
        let mut past = PastAttempt::new(node, self.attempt, self.began, milliseconds(self.took));
        past.step = self.step;
        past.outcome = self.outcome.to_owned();
        past.error = self.error.as_deref().map(str::to_owned);
        past
    }
}
