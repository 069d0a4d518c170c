//! An observer that counts and times what a flow does, for whatever the crate `metrics` exports to.

mod meters;

use std::collections::HashMap;
use std::sync::Arc;

use ::metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram};

use crate::event::{Event, EventKind, Observer};
use crate::message::TraceId;
use meters::{FlowMeters, NodeMeters};

/// An observer that reports a flow to the recorder of the crate [`metrics`](::metrics), such as
/// Prometheus' exporter. Install the recorder first: what is counted before is lost.
///
/// | metric | labels | |
/// |---|---|---|
/// | `penguiflow_traces_total` | `flow`, `outcome` | traces that are over |
/// | `penguiflow_trace_seconds` | `flow`, `outcome` | the time since the message was made |
/// | `penguiflow_traces_in_flight` | `flow` | traces that have begun and are not over, parked ones too |
/// | `penguiflow_steps_parked` | `flow` | steps that wait at an `await` |
/// | `penguiflow_tokens_total` | `flow` | tokens that traces have spent |
/// | `penguiflow_visits_total` | `flow`, `node` | visits that have begun |
/// | `penguiflow_attempts_total` | `flow`, `node` | attempts that have begun |
/// | `penguiflow_attempt_seconds` | `flow`, `node`, `outcome` | the time of attempts that `succeeded`, `failed` or `timed_out` |
/// | `penguiflow_failures_total` | `flow`, `node`, `kind` | visits that failed for good, by the kind of the error |
/// | `penguiflow_visits_waiting` | `flow`, `node` | visits that waited for the node's limits when its last event happened |
/// | `penguiflow_events_lost_total` | | events that came too fast for this observer |
///
/// `node` is the name in the flow, after the playbooks that the node runs in: `Support/search`. A
/// flow without a name is called `flow`. Gauges count by events: where events are lost, they drift.
///
/// ```
/// use penguiflow::Metrics;
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// // metrics_exporter_prometheus::PrometheusBuilder::new().install()?;
/// let flow = flow! { double }.observe(Metrics::new().by_tenant());
/// assert_eq!(flow.run(21).await?, 42);
/// # Ok(())
/// # }
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "metrics")))]
#[derive(Debug)]
pub struct Metrics {
    is_by_tenant: bool,
    flows: HashMap<(&'static str, String), FlowMeters>,
    nodes: HashMap<NodeKey, NodeMeters>,
    /// How many steps of each trace are parked: one that is cancelled there does not go on.
    parked: HashMap<TraceId, u32>,
}

/// The flow, the playbooks, the node, and the tenant.
type NodeKey = (&'static str, Option<Arc<str>>, &'static str, String);

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Describes the metrics to the recorder.
    pub fn new() -> Self {
        describe();
        Self {
            is_by_tenant: false,
            flows: HashMap::new(),
            nodes: HashMap::new(),
            parked: HashMap::new(),
        }
    }

    /// Adds the label `tenant` to all metrics, but for that of lost events. Each tenant is a series of
    /// its own, which stays: use it only where tenants are few.
    #[must_use]
    pub fn by_tenant(mut self) -> Self {
        self.is_by_tenant = true;
        self
    }

    fn tenant(&self, event: &Event) -> String {
        match self.is_by_tenant {
            true => event.headers.tenant.clone(),
            false => String::new(),
        }
    }

    fn of_flow(&mut self, event: &Event) -> &FlowMeters {
        let (tenant, is_by_tenant) = (self.tenant(event), self.is_by_tenant);
        let key = (event.flow, tenant.clone());
        self.flows.entry(key).or_insert_with(|| {
            let tenant = is_by_tenant.then_some(tenant);
            FlowMeters::of(event.flow, tenant)
        })
    }

    fn of_node(&mut self, event: &Event, node: &'static str) -> &NodeMeters {
        let (tenant, is_by_tenant) = (self.tenant(event), self.is_by_tenant);
        let key = (event.flow, event.playbook.clone(), node, tenant.clone());
        self.nodes.entry(key).or_insert_with(|| {
            let tenant = is_by_tenant.then_some(tenant);
            let name = match &event.playbook {
                Some(playbook) => format!("{playbook}/{node}"),
                None => node.to_owned(),
            };
            NodeMeters::of(event.flow, name, tenant)
        })
    }

    fn parks(&mut self, event: &Event) {
        *self.parked.entry(event.trace_id).or_default() += 1;
        self.of_flow(event).parked.increment(1.0);
    }

    fn goes_on(&mut self, event: &Event) {
        if let Some(steps) = self.parked.get_mut(&event.trace_id) {
            *steps -= 1;
            if *steps == 0 {
                self.parked.remove(&event.trace_id);
            }
            self.of_flow(event).parked.decrement(1.0);
        }
    }

    fn ends(&mut self, event: &Event) {
        let left = self.parked.remove(&event.trace_id).unwrap_or(0);
        let meters = self.of_flow(event);
        meters.parked.decrement(f64::from(left));
        meters.end(event);
    }
}

impl Observer for Metrics {
    fn on_event(&mut self, event: &Event) {
        match event.event {
            EventKind::TraceStart => self.of_flow(event).in_flight.increment(1.0),
            EventKind::TraceEnd => self.ends(event),
            EventKind::TraceParked => self.parks(event),
            EventKind::TraceResumed => self.goes_on(event),
            _ => {}
        }
        if let Some(node) = event.node_name {
            self.of_node(event, node).count(event);
        }
    }

    fn on_lost(&mut self, count: u64) {
        counter!("penguiflow_events_lost_total").increment(count);
    }
}

fn describe() {
    let counters = [
        ("penguiflow_traces_total", "Traces that are over."),
        ("penguiflow_tokens_total", "Tokens that traces have spent."),
        ("penguiflow_visits_total", "Visits that have begun."),
        ("penguiflow_attempts_total", "Attempts that have begun."),
        ("penguiflow_failures_total", "Visits that failed for good."),
        (
            "penguiflow_events_lost_total",
            "Events that came too fast for the observer.",
        ),
    ];
    for (name, what) in counters {
        describe_counter!(name, what);
    }
    let gauges = [
        (
            "penguiflow_traces_in_flight",
            "Traces that have begun and are not over.",
        ),
        ("penguiflow_steps_parked", "Steps that wait at an `await`."),
        (
            "penguiflow_visits_waiting",
            "Visits that wait for their node's limits.",
        ),
    ];
    for (name, what) in gauges {
        describe_gauge!(name, what);
    }
    let histograms = [
        (
            "penguiflow_trace_seconds",
            "The time from the message to the end of its trace.",
        ),
        ("penguiflow_attempt_seconds", "The time of an attempt."),
    ];
    for (name, what) in histograms {
        describe_histogram!(name, Unit::Seconds, what);
    }
}
