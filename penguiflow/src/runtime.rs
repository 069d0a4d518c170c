//! What all traces of a flow share: its state, its nodes' limits, its observers.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::level_filters::LevelFilter;

use crate::event::{EventDraft, EventKind, EventRecord, EventSource, Observers};
use crate::graph::Graph;
use crate::policy::Policy;
#[cfg(feature = "rate")]
use crate::rate::Pace;
use crate::visit::{Link, Outlet};

/// What all traces of a flow share, but the state, whose type only nodes know.
#[derive(Clone)]
pub(crate) struct Common {
    pub(crate) graph: &'static Graph,
    pub(crate) limits: Arc<Limits>,
    pub(crate) observers: Observers,
    pub(crate) budgets: Budgets,
    /// Where chunks go, if somebody listens to the trace.
    pub(crate) outlet: Option<Arc<Outlet>>,
    /// The playbooks that the trace is in, outermost first: `Support/Search`.
    pub(crate) path: Option<Arc<str>>,
    /// The visit of the playbook, which the tokens are spent for.
    pub(crate) payer: Option<Arc<Link>>,
}

/// What a trace may spend, unless its message says.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Budgets {
    /// Rounds of loops.
    pub(crate) hops: u32,
    pub(crate) tokens: Option<u64>,
}

impl Common {
    /// A flow's own.
    pub(crate) fn of(graph: &'static Graph) -> Self {
        Self {
            graph,
            limits: Arc::new(Limits::of(graph)),
            observers: Observers::default(),
            budgets: Budgets {
                hops: graph.hops,
                tokens: None,
            },
            outlet: None,
            path: None,
            payer: None,
        }
    }

    /// The name of a node, behind the playbooks that it runs in.
    pub(crate) fn called(&self, node: usize) -> String {
        let name = self.graph.nodes[node].name;
        match &self.path {
            Some(path) => format!("{path}/{name}"),
            None => name.to_owned(),
        }
    }

    /// Whether anybody is told of visits that go well: if not, no event is made and no clock is
    /// read.
    #[inline]
    pub(crate) fn is_observed(&self) -> bool {
        LevelFilter::current() >= LevelFilter::INFO || !self.observers.is_empty()
    }

    /// Whether anybody is told of such an event.
    #[inline]
    pub(crate) fn hears(&self, event: EventKind) -> bool {
        event.level() <= LevelFilter::current() || !self.observers.is_empty()
    }

    /// Whether nobody listens, and tokens are not counted.
    #[inline]
    pub(crate) fn is_quiet(&self) -> bool {
        !self.is_observed() && self.budgets.tokens.is_none()
    }

    /// Reports an event to whoever takes it.
    #[inline]
    pub(crate) fn tell(&self, draft: EventDraft<'_>, source: EventSource) {
        let record = EventRecord::new(&draft, source, self.graph, self.path.as_ref());
        if draft.kind.level() <= LevelFilter::current() {
            record.write();
        }
        self.observers.push(record);
    }
}

impl fmt::Debug for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Common")
            .field("graph", &self.graph)
            .finish_non_exhaustive()
    }
}

/// The limits of a flow's nodes: all that its traces share.
#[derive(Debug)]
pub(crate) struct Limits {
    nodes: Box<[Option<Limit>]>,
    /// Those of the playbooks among the nodes.
    playbooks: Box<[Option<Arc<Self>>]>,
}

#[derive(Debug)]
struct Limit {
    permits: Option<Semaphore>,
    #[cfg(feature = "rate")]
    pace: Option<Pace>,
    waiting: AtomicUsize,
}

impl Limit {
    fn of(policy: &Policy) -> Self {
        let permits = |permits: usize| Semaphore::new(permits.min(Semaphore::MAX_PERMITS));
        Self {
            permits: policy.concurrency.map(permits),
            #[cfg(feature = "rate")]
            pace: policy.rate.and_then(Pace::of),
            waiting: AtomicUsize::new(0),
        }
    }
}

impl Limits {
    pub(crate) fn of(graph: &Graph) -> Self {
        let policies = graph.nodes.iter().map(|node| &node.policy);
        let limit = |policy: &Policy| policy.is_limited().then(|| Limit::of(policy));
        let playbooks = graph.nodes.iter().map(|node| node.playbook);
        Self {
            nodes: policies.map(limit).collect(),
            playbooks: playbooks
                .map(|graph| graph.map(Self::of).map(Arc::new))
                .collect(),
        }
    }

    /// The limits of a playbook among the nodes, which all of its visits share.
    pub(crate) fn playbook(&self, node: usize) -> Option<&Arc<Self>> {
        self.playbooks[node].as_ref()
    }

    /// Waits until the node may begin another attempt, if it is limited. Nodes share no
    /// permits, and a visit holds one at a time, so waiting cannot deadlock.
    ///
    /// The turn is held until the permit is there: else, while a slow attempt holds the last
    /// permit, those behind it would use up the rate of all that time, and begin at once.
    pub(crate) async fn acquire(&self, node: usize) -> Option<SemaphorePermit<'_>> {
        let limit = self.nodes[node].as_ref()?;
        #[cfg(feature = "rate")]
        let _turn = match &limit.pace {
            Some(pace) => {
                let _waiting = Waiting::among(&limit.waiting);
                Some(pace.turn().await)
            }
            None => None,
        };
        let permits = limit.permits.as_ref()?;
        if let Ok(permit) = permits.try_acquire() {
            return Some(permit);
        }
        let _waiting = Waiting::among(&limit.waiting);
        permits.acquire().await.ok()
    }

    /// How many visits wait for the node's limits.
    pub(crate) fn waiting(&self, node: usize) -> usize {
        let limit = self.nodes[node].as_ref();
        limit.map_or(0, |limit| limit.waiting.load(Ordering::Relaxed))
    }
}

/// Counts a waiting visit for as long as it waits, also when it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn among(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
