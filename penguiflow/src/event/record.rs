//! An event as it is recorded: plain data. It is written to `tracing` as it is, and an [`Event`]
//! is built from it on the observers' threads.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use tracing::Level;

use super::draft::{Details, EventDraft, EventSource};
use super::{Event, EventKind};
use crate::graph::{Graph, NodeInfo};
use crate::message::{StepId, clock};

/// An event: what happened, when and where.
#[derive(Clone)]
pub(crate) struct EventRecord {
    kind: EventKind,
    at: Instant,
    source: EventSource,
    graph: &'static Graph,
    playbook: Option<Arc<str>>,
    details: Option<Arc<Details>>,
}

impl EventRecord {
    /// A record of what happened in a flow with this graph, within these playbooks.
    #[inline]
    pub(crate) fn new(
        draft: &EventDraft<'_>,
        source: EventSource,
        graph: &'static Graph,
        playbook: Option<&Arc<str>>,
    ) -> Self {
        Self {
            kind: draft.kind,
            at: draft.time(),
            source,
            graph,
            playbook: playbook.cloned(),
            details: draft.details(),
        }
    }

    fn node_name(&self) -> Option<&'static str> {
        let name = |node: &NodeInfo| node.name;
        self.graph.nodes.get(self.source.node? as usize).map(name)
    }

    fn ts(&self) -> SystemTime {
        clock::wall(self.at)
    }

    fn latency_ms(&self) -> Option<f64> {
        let began = self.source.began?;
        Some(milliseconds(self.at.saturating_duration_since(began)))
    }

    fn error(&self) -> Option<&str> {
        self.details.as_ref()?.error.as_deref()
    }

    fn sleep_ms(&self) -> Option<f64> {
        self.details.as_ref()?.sleep.map(milliseconds)
    }

    fn step(&self) -> Option<StepId> {
        self.source.step
    }

    fn until(&self) -> Option<SystemTime> {
        self.details.as_ref()?.until.map(clock::wall)
    }

    /// The event, for observers.
    pub(super) fn event(&self) -> Event {
        Event {
            ts: self.ts(),
            event: self.kind,
            trace_id: self.source.trace_id,
            node_name: self.node_name(),
            playbook: self.playbook.clone(),
            attempt: self.source.attempt,
            latency_ms: self.latency_ms(),
            q_depth_in: self.source.waiting as usize,
            error: self.error().map(str::to_owned),
            sleep_ms: self.sleep_ms(),
            step: self.step(),
            until: self.until(),
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
            trace_id = %$record.source.trace_id,
            node_name = $record.node_name(),
            playbook = $record.playbook.as_deref(),
            attempt = $record.source.attempt,
            latency_ms = $record.latency_ms(),
            q_depth_in = $record.source.waiting as usize,
            error = $record.error(),
            sleep_ms = $record.sleep_ms(),
            step = $record.step().map(tracing::field::display),
            until = $record.until().map(clock::unix_seconds),
        )
    };
}

impl EventRecord {
    /// Writes the event to `tracing`.
    #[cold]
    pub(crate) fn write(self) {
        match self.kind.level() {
            Level::ERROR => write_at!(ERROR, &self),
            Level::WARN => write_at!(WARN, &self),
            Level::INFO => write_at!(INFO, &self),
            _ => write_at!(DEBUG, &self),
        }
    }
}
