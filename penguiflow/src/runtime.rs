//! What all traces of a flow share: its state, its nodes' limits, its observers.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::level_filters::LevelFilter;

use crate::event::{Event, Observers};
use crate::graph::Graph;
use crate::trace::Outlet;

/// What visits need beside the node and the message.
pub struct Runtime<S> {
    pub(crate) state: Arc<S>,
    pub(crate) common: Common,
}

/// All of it but the state, whose type only nodes know.
#[derive(Clone)]
pub(crate) struct Common {
    pub(crate) graph: &'static Graph,
    pub(crate) limits: Arc<Limits>,
    pub(crate) observers: Observers,
    pub(crate) hops: u32,
    /// Where chunks go, if somebody listens to the trace.
    pub(crate) outlet: Option<Arc<Outlet>>,
    /// The playbooks that the trace is in, outermost first, each with a `/` behind it.
    pub(crate) path: Arc<str>,
}

impl<S> Runtime<S> {
    /// How many rounds of its loops a trace may take, unless its message says.
    #[doc(hidden)]
    pub fn hops(&self) -> u32 {
        self.common.hops
    }
}

impl Common {
    /// Whether anybody listens: if not, no event is made and no clock is read.
    #[inline]
    pub(crate) fn is_observed(&self) -> bool {
        LevelFilter::current() != LevelFilter::OFF || !self.observers.is_empty()
    }

    pub(crate) fn tell(&self, event: &Event) {
        event.write();
        self.observers.tell(event);
    }
}

impl<S> Clone for Runtime<S> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            common: self.common.clone(),
        }
    }
}

impl<S> fmt::Debug for Runtime<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("common", &self.common)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Common")
            .field("graph", &self.graph)
            .finish_non_exhaustive()
    }
}

/// The concurrency limits of a flow's nodes: all that its traces share.
#[derive(Debug)]
pub(crate) struct Limits(Box<[Option<Limit>]>);

#[derive(Debug)]
struct Limit {
    permits: Semaphore,
    waiting: AtomicUsize,
}

impl Limits {
    pub(crate) fn of(graph: &Graph) -> Self {
        let limit = |permits: usize| Limit {
            permits: Semaphore::new(permits.min(Semaphore::MAX_PERMITS)),
            waiting: AtomicUsize::new(0),
        };
        let nodes = graph.nodes.iter();
        Self(
            nodes
                .map(|node| node.policy.concurrency.map(limit))
                .collect(),
        )
    }

    /// Waits for a permit of the node, if it is limited. Nodes share no permits, and a
    /// visit holds one at a time, so waiting cannot deadlock.
    pub(crate) async fn acquire(&self, node: usize) -> Option<SemaphorePermit<'_>> {
        let limit = self.0[node].as_ref()?;
        if let Ok(permit) = limit.permits.try_acquire() {
            return Some(permit);
        }
        let _waiting = Waiting::among(&limit.waiting);
        limit.permits.acquire().await.ok()
    }

    /// How many visits wait for a permit of the node.
    pub(crate) fn waiting(&self, node: usize) -> usize {
        let limit = self.0[node].as_ref();
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
