//! An event as it is recorded: plain data. It is written to `tracing` as it is, and an [`Event`]
//! is built from it on the observers' threads.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use tracing::Level;

#[cfg(feature = "testing")]
use super::Place;
use super::draft::{Details, EventSource, Subject};
use super::sentence::Sentence;
use super::{Event, EventKind, TraceOutcome};
use crate::error::ErrorKind;
use crate::graph::{Graph, NodeInfo};
use crate::message::{SharedHeaders, StepId, TraceId, clock};

/// An event: what happened, when and where.
#[derive(Clone)]
pub(crate) struct EventRecord {
    kind: EventKind,
    at: Instant,
    trace_id: TraceId,
    headers: SharedHeaders,
    subject: Subject,
    began: Option<Instant>,
    /// The flow whose trace it is.
    flow: &'static Graph,
    graph: &'static Graph,
    playbook: Option<Arc<str>>,
    details: Option<Arc<Details>>,
}

impl EventRecord {
    /// A record of what happened at this time in a trace of this flow: at a node of this graph, within
    /// these playbooks.
    #[inline]
    pub(crate) fn new(
        (kind, at, details): (EventKind, Instant, &Option<Arc<Details>>),
        source: &EventSource<'_>,
        (flow, graph): (&'static Graph, &'static Graph),
        playbook: Option<&Arc<str>>,
    ) -> Self {
        Self {
            kind,
            at,
            trace_id: source.envelope.trace_id,
            headers: source.envelope.shared_headers(),
            subject: source.subject,
            began: source.began,
            flow,
            graph,
            playbook: playbook.cloned(),
            details: details.clone(),
        }
    }

    fn node_name(&self) -> Option<&'static str> {
        let name = |node: &NodeInfo| node.name;
        match self.subject {
            Subject::Attempt { node, .. } => self.graph.nodes.get(node as usize).map(name),
            Subject::Trace | Subject::Ended { .. } => None,
        }
    }

    /// The number of the attempt, and how many visits wait for its node's limits.
    fn attempt(&self) -> (u32, usize) {
        match self.subject {
            Subject::Attempt {
                number, waiting, ..
            } => (number, waiting as usize),
            Subject::Trace | Subject::Ended { .. } => (0, 0),
        }
    }

    fn ending(&self) -> Option<(TraceOutcome, u64)> {
        match self.subject {
            Subject::Ended { outcome, tokens } => Some((outcome, tokens)),
            Subject::Attempt { .. } | Subject::Trace => None,
        }
    }

    fn ts(&self) -> SystemTime {
        clock::wall(self.at)
    }

    fn latency_ms(&self) -> Option<f64> {
        let began = self.began?;
        Some(milliseconds(self.at.saturating_duration_since(began)))
    }

    fn error(&self) -> Option<&str> {
        self.details.as_ref()?.error.as_deref()
    }

    fn error_kind(&self) -> Option<ErrorKind> {
        self.details.as_ref()?.error_kind
    }

    fn sleep_ms(&self) -> Option<f64> {
        self.details.as_ref()?.sleep.map(milliseconds)
    }

    fn step(&self) -> Option<StepId> {
        match self.subject {
            Subject::Attempt { step, .. } => Some(step),
            Subject::Trace | Subject::Ended { .. } => None,
        }
    }

    fn until(&self) -> Option<SystemTime> {
        self.details.as_ref()?.until.map(clock::wall)
    }

    /// The event, for observers.
    pub(crate) fn event(&self) -> Event {
        let (attempt, q_depth_in) = self.attempt();
        Event {
            ts: self.ts(),
            event: self.kind,
            flow: self.flow.name,
            headers: self.headers.clone(),
            trace_id: self.trace_id,
            node_name: self.node_name(),
            playbook: self.playbook.clone(),
            attempt,
            latency_ms: self.latency_ms(),
            q_depth_in,
            error: self.error().map(str::to_owned),
            error_kind: self.error_kind(),
            path: self.details.as_ref().and_then(|of| of.path.clone()),
            causes: self
                .details
                .as_ref()
                .map(|of| of.causes.clone())
                .unwrap_or_default(),
            sleep_ms: self.sleep_ms(),
            step: self.step(),
            until: self.until(),
            outcome: self.ending().map(|(outcome, _)| outcome),
            tokens: self.ending().map(|(_, tokens)| tokens),
            #[cfg(feature = "payloads")]
            payload: self.details.as_ref().and_then(|of| of.payload.clone()),
            #[cfg(feature = "testing")]
            place: self.place(),
        }
    }

    #[cfg(feature = "testing")]
    fn place(&self) -> Place {
        let node = match self.subject {
            Subject::Attempt { node, .. } => Some(node),
            Subject::Trace | Subject::Ended { .. } => None,
        };
        Place {
            graph: self.graph,
            node,
        }
    }
}

/// To the microsecond, which is as far as an event is exact.
fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}

/// Writes a record at a level known at compile time, as `tracing` wants it. The fields are
/// computed only if somebody takes the event.
macro_rules! write_at {
    ($level:ident, $record:expr) => {
        tracing::event!(
            target: "penguiflow",
            tracing::Level::$level,
            event = $record.kind.as_str(),
            ts = clock::unix_seconds($record.ts()),
            flow = $record.flow.name,
            trace_id = %$record.trace_id,
            node_name = $record.node_name(),
            playbook = $record.playbook.as_deref(),
            attempt = $record.attempt().0,
            latency_ms = $record.latency_ms(),
            q_depth_in = $record.attempt().1,
            error = $record.error(),
            error_kind = $record.error_kind().map(ErrorKind::as_str),
            sleep_ms = $record.sleep_ms(),
            step = $record.step().map(tracing::field::display),
            until = $record.until().map(clock::unix_seconds),
            outcome = $record.ending().map(|(outcome, _)| outcome.as_str()),
            tokens = $record.ending().map(|(_, tokens)| tokens),
            "{}",
            $record.sentence(),
        )
    };
}

impl EventRecord {
    fn sentence(&self) -> Sentence<'_> {
        Sentence {
            kind: self.kind,
            node: self.node_name().unwrap_or_default(),
            attempt: self.attempt().0,
            outcome: self.ending().map(|(outcome, _)| outcome),
            sleep_ms: self.sleep_ms().unwrap_or_default(),
            error: self.error().unwrap_or_default(),
        }
    }

    /// Writes the event to `tracing`.
    #[cold]
    pub(crate) fn write(self) {
        match self.subject.level(self.kind) {
            Level::ERROR => write_at!(ERROR, &self),
            Level::WARN => write_at!(WARN, &self),
            Level::INFO => write_at!(INFO, &self),
            _ => write_at!(DEBUG, &self),
        }
    }
}
