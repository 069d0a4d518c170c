//! The limits of the flows that visits of a flow value call: one set for each type of flows and each
//! depth of calls. They are few, are only ever added, and are found without a lock.

use std::any::TypeId;
use std::sync::{Arc, OnceLock};

use super::{Made, NodeLimits};
use crate::graph::Graph;

/// The called flows of one depth, and those that are called from there.
#[derive(Debug, Default)]
pub(super) struct CalledFlows {
    first: OnceLock<Box<CalledFlow>>,
    deeper: OnceLock<Box<Self>>,
}

#[derive(Debug)]
struct CalledFlow {
    flow: TypeId,
    limits: Arc<NodeLimits>,
    next: OnceLock<Box<Self>>,
}

impl CalledFlows {
    /// Those of a type of flows, which has this graph, so many calls deep.
    pub(super) fn limits(&self, depth: u32, flow: TypeId, graph: &Graph) -> Arc<NodeLimits> {
        let mut level = self;
        for _ in 0..depth {
            level = level.deeper.get_or_init(Box::default);
        }
        let mut place = &level.first;
        loop {
            let found = place.get_or_init(|| Box::new(CalledFlow::new(flow, graph)));
            if found.flow == flow {
                return Arc::clone(&found.limits);
            }
            place = &found.next;
        }
    }
}

impl CalledFlow {
    fn new(flow: TypeId, graph: &Graph) -> Self {
        Self {
            flow,
            limits: Arc::new(NodeLimits::of(graph, Made::now())),
            next: OnceLock::new(),
        }
    }
}
