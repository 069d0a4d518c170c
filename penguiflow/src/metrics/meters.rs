//! The counters, gauges and histograms of one flow or node, which are looked up once.

use ::metrics::{Counter, Gauge, Histogram, Label, counter, gauge, histogram};

use crate::event::{Event, EventKind};

/// The meters of a flow's traces.
#[derive(Debug)]
pub(super) struct FlowMeters {
    labels: Vec<Label>,
    pub(super) in_flight: Gauge,
    pub(super) parked: Gauge,
    tokens: Counter,
}

impl FlowMeters {
    pub(super) fn of(flow: &'static str, tenant: Option<String>) -> Self {
        let labels = labels(flow, tenant);
        Self {
            in_flight: gauge!("penguiflow_traces_in_flight", labels.clone()),
            parked: gauge!("penguiflow_steps_parked", labels.clone()),
            tokens: counter!("penguiflow_tokens_total", labels.clone()),
            labels,
        }
    }

    /// A trace is over.
    pub(super) fn end(&self, event: &Event) {
        self.in_flight.decrement(1.0);
        self.tokens.increment(event.tokens.unwrap_or(0));
        let Some(outcome) = event.outcome else {
            return;
        };
        let labels = with(&self.labels, "outcome", outcome.as_str());
        counter!("penguiflow_traces_total", labels.clone()).increment(1);
        if let Some(time) = seconds(event) {
            histogram!("penguiflow_trace_seconds", labels).record(time);
        }
    }
}

/// The meters of a node's visits.
#[derive(Debug)]
pub(super) struct NodeMeters {
    labels: Vec<Label>,
    visits: Counter,
    attempts: Counter,
    waiting: Gauge,
    succeeded: Histogram,
    failed: Histogram,
    timed_out: Histogram,
}

impl NodeMeters {
    pub(super) fn of(flow: &'static str, node: String, tenant: Option<String>) -> Self {
        let mut labels = labels(flow, tenant);
        labels.push(Label::new("node", node));
        let times = |outcome| {
            let labels = with(&labels, "outcome", outcome);
            histogram!("penguiflow_attempt_seconds", labels)
        };
        Self {
            visits: counter!("penguiflow_visits_total", labels.clone()),
            attempts: counter!("penguiflow_attempts_total", labels.clone()),
            waiting: gauge!("penguiflow_visits_waiting", labels.clone()),
            succeeded: times("succeeded"),
            failed: times("failed"),
            timed_out: times("timed_out"),
            labels,
        }
    }

    pub(super) fn count(&self, event: &Event) {
        match event.event {
            EventKind::NodeStart => {
                self.visits.increment(u64::from(event.attempt == 0));
                self.attempts.increment(1);
            }
            EventKind::NodeSuccess => record(&self.succeeded, event),
            EventKind::NodeError => record(&self.failed, event),
            EventKind::NodeTimeout => record(&self.timed_out, event),
            EventKind::NodeFailed => {
                let kind = event.error_kind.map_or("failed", |kind| kind.as_str());
                let labels = with(&self.labels, "kind", kind);
                counter!("penguiflow_failures_total", labels).increment(1);
            }
            EventKind::TraceParked => self.visits.increment(1),
            _ => {}
        }
        self.waiting.set(event.q_depth_in as f64);
    }
}

fn record(times: &Histogram, event: &Event) {
    if let Some(time) = seconds(event) {
        times.record(time);
    }
}

fn seconds(event: &Event) -> Option<f64> {
    Some(event.latency_ms? / 1000.0)
}

fn labels(flow: &'static str, tenant: Option<String>) -> Vec<Label> {
    let mut labels = vec![Label::from_static_parts("flow", flow)];
    labels.extend(tenant.map(|tenant| Label::new("tenant", tenant)));
    labels
}

fn with(labels: &[Label], key: &'static str, value: &'static str) -> Vec<Label> {
    let more = Label::from_static_parts(key, value);
    labels.iter().cloned().chain([more]).collect()
}
