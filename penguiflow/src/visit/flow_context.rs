//! The state that all traces of a flow share: its nodes' limits and its observers.

use std::fmt;
use std::iter::successors;
use std::sync::Arc;

use tokio::time::Instant;
use tracing::Level;
use tracing::level_filters::LevelFilter;

use super::budgets::Budgets;
use super::link::Link;
use super::streams::Outlet;
#[cfg(feature = "testing")]
use super::stubs::{StandIn, Stubs};
#[cfg(feature = "testing")]
use crate::coverage;
use crate::event::{EventDraft, EventKind, EventRecord, EventSource, Observers};
use crate::graph::{Graph, NodePolicies};
use crate::limits::Limits;
use crate::message::Headers;
#[cfg(feature = "testing")]
use crate::node::Node;
use crate::policy::Policy;

/// The context that all traces of a flow share, without the state, whose type only nodes know.
#[derive(Clone)]
pub(crate) struct FlowContext {
    /// The flow whose trace it is, also within its playbooks.
    pub(crate) outermost: &'static Graph,
    pub(crate) graph: &'static Graph,
    /// Those that were set at run time.
    pub(crate) policies: Option<Arc<NodePolicies>>,
    /// Those of its nodes and of its playbooks' nodes.
    #[cfg(feature = "testing")]
    pub(crate) stubs: Option<Arc<Stubs>>,
    pub(crate) limits: Limits,
    pub(crate) observers: Observers,
    pub(crate) budgets: Budgets,
    /// Where chunks go, if somebody listens to the trace.
    pub(crate) outlet: Option<Arc<Outlet>>,
    /// The playbooks that the trace is in, outermost first: `Support/Search`.
    pub(crate) path: Option<Arc<str>>,
    /// The visit of the playbook, which the tokens are spent for.
    pub(crate) payer: Option<Arc<Link>>,
    /// When that visit ends at the latest.
    pub(crate) until: Option<Instant>,
    /// The visit that runs the flow, as a playbook or by a call.
    pub(crate) caller: Option<CallingVisit>,
    /// How many such visits it runs in.
    pub(crate) depth: u32,
    /// Whether one of them may be run again, to which this is another visit then.
    pub(crate) may_run_again: bool,
    /// Whether payloads of parked steps are shared with those who look at them.
    pub(crate) shows_payloads: bool,
}

/// A visit that runs a flow.
#[derive(Clone)]
pub(crate) struct CallingVisit {
    pub(crate) flow: Arc<FlowContext>,
    pub(crate) node: u32,
    /// The key that its permit is of, if its node keeps its limits apart by a header.
    key: Option<Arc<str>>,
}

impl CallingVisit {
    /// A visit of a message with these headers.
    pub(crate) fn new(flow: &Arc<FlowContext>, node: u32, headers: &Headers) -> Self {
        let per = flow.limits_of(node).per;
        Self {
            flow: Arc::clone(flow),
            node,
            key: per.map(|per| per.key(headers).into()),
        }
    }
}

impl FlowContext {
    /// A flow's own.
    pub(crate) fn of(graph: &'static Graph) -> Self {
        Self {
            outermost: graph,
            graph,
            policies: None,
            #[cfg(feature = "testing")]
            stubs: None,
            limits: Limits::of(graph, None),
            observers: observers(),
            budgets: Budgets {
                hops: graph.hops,
                tokens: None,
            },
            outlet: None,
            path: None,
            payer: None,
            until: None,
            caller: None,
            depth: 0,
            may_run_again: false,
            shows_payloads: false,
        }
    }

    /// When an attempt ends at the latest: the nearest of its own end by its node's policy, the
    /// message's deadline, and the ends of the visits that run the flow.
    pub(crate) fn end(&self, own: Option<Instant>, deadline: Option<Instant>) -> Option<Instant> {
        [own, self.until, deadline].into_iter().flatten().min()
    }

    /// A policy with the limits that hold for a node, which are the same for all tenants.
    fn limits_of(&self, node: u32) -> &Policy {
        let node = node as usize;
        let set = self.policies.as_ref().map(|policies| policies.at(node));
        set.unwrap_or(&self.graph.nodes[node].policy)
    }

    /// Those of a playbook's nodes that were set at run time.
    pub(crate) fn playbook_policies(&self, node: usize) -> Option<Arc<NodePolicies>> {
        self.policies.as_ref()?.of_playbook(node).cloned()
    }

    /// Whether the visits that run the flow hold all permits of a node for such headers: then another
    /// visit of it would wait for itself.
    #[cold]
    pub(crate) fn holds_all_permits(&self, node: u32, headers: &Headers) -> bool {
        let policy = self.limits_of(node);
        let Some(permits) = policy.concurrency else {
            return false;
        };
        let key = policy.per.map(|per| per.key(headers));
        let callers = successors(self.caller.as_ref(), |caller| caller.flow.caller.as_ref());
        let held = callers.filter(|caller| {
            caller.node == node
                && caller.key.as_deref() == key
                && caller.flow.limits.are_those_of(&self.limits)
        });
        held.count() >= permits
    }

    /// The name of a node, after the playbooks that it runs in.
    pub(crate) fn called(&self, node: usize) -> String {
        let name = self.graph.nodes[node].name;
        match &self.path {
            Some(path) => format!("{path}/{name}"),
            None => name.to_owned(),
        }
    }

    /// Whether anybody listens to visits that go well: if not, no event is made and no clock is
    /// read.
    #[inline]
    pub(crate) fn is_observed(&self) -> bool {
        LevelFilter::current() >= LevelFilter::DEBUG || !self.observers.is_empty()
    }

    /// Whether anybody listens to how traces end.
    #[inline]
    pub(crate) fn is_traced(&self) -> bool {
        LevelFilter::current() >= LevelFilter::ERROR || !self.observers.is_empty()
    }

    /// Whether anybody takes such an event.
    #[inline]
    pub(crate) fn takes(&self, event: EventKind) -> bool {
        self.takes_at(event.level())
    }

    /// Whether anybody takes an event of this level. Observers take them all.
    #[inline]
    pub(crate) fn takes_at(&self, level: Level) -> bool {
        level <= LevelFilter::current() || !self.observers.is_empty()
    }

    /// Whether tokens are not counted, and each node is the one that the flow names, with the policy
    /// of its attribute.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        #[cfg(feature = "testing")]
        if self.stubs.is_some() {
            return false;
        }
        self.budgets.tokens.is_none() && self.policies.is_none()
    }

    /// What stands in for a node.
    #[cfg(feature = "testing")]
    #[inline]
    pub(super) fn stand_in<N: Node>(&self) -> Option<&StandIn<N>> {
        self.stubs.as_ref()?.get::<N>()
    }

    /// Reports an event to `tracing` and the observers.
    #[inline]
    pub(crate) fn report(&self, draft: &EventDraft<'_>, source: EventSource<'_>) {
        let (kind, at, details) = (draft.kind, draft.time(), draft.details());
        let flow = (self.outermost, self.graph);
        let record = || EventRecord::new((kind, at, &details), &source, flow, self.path.as_ref());
        if source.subject.level(kind) <= LevelFilter::current() {
            record().write();
        }
        #[cfg(feature = "testing")]
        if coverage::is_on() {
            coverage::see(&record().event());
        }
        self.observers.push(record);
    }
}

/// None, unless the test kit watches all flows.
fn observers() -> Observers {
    #[cfg(feature = "testing")]
    if coverage::is_on() {
        return Observers::of_watched_flow();
    }
    Observers::default()
}

impl fmt::Debug for FlowContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlowContext")
            .field("graph", &self.graph)
            .finish_non_exhaustive()
    }
}
