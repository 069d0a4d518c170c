//! The limits of a flow's nodes: all visits share them in a flow value and its clones, and in the
//! flows that these visits call.

mod called;
mod gate;
mod keyed;
mod made;
mod waiting;

use std::any::TypeId;
use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use crate::graph::{Graph, NodeInfo, NodePolicies};
use crate::message::Headers;
use crate::policy::{Per, Policy};
use called::CalledFlows;
use gate::Gate;
pub(crate) use gate::Permit;
use keyed::KeyedGates;
pub(crate) use made::Made;
use waiting::WaitingVisits;

/// The limits that the traces of a flow keep.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    own: Arc<NodeLimits>,
    /// Those of the flow value that the calls began in, which know the limits of all flows that are
    /// called from there; none if these are they.
    root: Option<Arc<NodeLimits>>,
    /// How many calls deep the flow runs.
    depth: u32,
}

/// The limits of a flow's nodes.
#[derive(Debug)]
pub(crate) struct NodeLimits {
    graph: &'static Graph,
    nodes: Box<[Option<Limit>]>,
    /// Those of the playbooks among the nodes.
    playbooks: Box<[Option<Arc<Self>>]>,
    made: Made,
    /// The limits that hold in place of these: none, or those of the visit that made the flow value
    /// and called it. It is settled when they are first needed, and stays so.
    instead: OnceLock<Option<Limits>>,
    /// The limits of the flows that are called.
    called: CalledFlows<Self>,
}

#[derive(Debug)]
struct Limit {
    gates: Gates,
    /// How many visits wait, with whatever key.
    waiting: WaitingVisits,
}

#[derive(Debug)]
enum Gates {
    Shared(Gate),
    Keyed(Per, KeyedGates),
}

impl Limit {
    fn of(policy: &Policy) -> Self {
        Self {
            gates: match policy.per {
                None => Gates::Shared(Gate::of(policy)),
                Some(per) => Gates::Keyed(per, KeyedGates::of(policy)),
            },
            waiting: WaitingVisits::default(),
        }
    }
}

impl NodeLimits {
    /// By the policies of the nodes' attributes, unless others are given.
    fn of(graph: &'static Graph, policies: Option<&NodePolicies>, made: Made) -> Self {
        let limit = |(node, info): (usize, &NodeInfo)| {
            let policy = policies.map_or(&info.policy, |policies| policies.at(node));
            policy.is_limited().then(|| Limit::of(policy))
        };
        let playbook = |(node, info): (usize, &NodeInfo)| {
            let inner = policies.and_then(|policies| policies.of_playbook(node));
            let limits = |graph| Arc::new(Self::of(graph, inner.map(|inner| &**inner), made));
            info.playbook.map(limits)
        };
        let nodes = || graph.nodes.iter().enumerate();
        Self {
            graph,
            nodes: nodes().map(limit).collect(),
            playbooks: nodes().map(playbook).collect(),
            made,
            instead: OnceLock::new(),
            called: CalledFlows::default(),
        }
    }
}

/// A node for whose limits visits wait.
pub(crate) struct NodeQueue {
    /// Its name, after the playbooks and the called flows that it is in.
    pub(crate) node: String,
    pub(crate) visits: usize,
    pub(crate) since: Instant,
}

impl NodeLimits {
    /// Adds the nodes for whose limits visits wait, after the names of what they are in.
    fn add_queues(&self, path: &str, queues: &mut Vec<NodeQueue>) {
        for (place, node) in self.graph.nodes.iter().enumerate() {
            let waiting = self.nodes[place].as_ref().map(|limit| &limit.waiting);
            if let Some((waiting, since)) = waiting.and_then(|all| Some((all, all.since()?))) {
                queues.push(NodeQueue {
                    node: format!("{path}{}", node.name),
                    visits: waiting.count(),
                    since,
                });
            }
            if let Some(playbook) = &self.playbooks[place] {
                playbook.add_queues(&format!("{path}{}/", node.name), queues);
            }
        }
        self.called.for_each(&mut |called| {
            called.add_queues(&format!("{path}{}/", called.graph.name), queues);
        });
    }
}

impl Limits {
    /// The nodes for whose limits visits wait, those of playbooks and of called flows too; the one
    /// that somebody has waited for longest is first.
    pub(crate) fn queues(&self) -> Vec<NodeQueue> {
        let mut queues = Vec::new();
        self.settled().own.add_queues("", &mut queues);
        queues.sort_by_key(|queue| queue.since);
        queues
    }

    /// Those of a flow value that is made.
    pub(crate) fn of(graph: &'static Graph, policies: Option<&NodePolicies>) -> Self {
        Self {
            own: Arc::new(NodeLimits::of(graph, policies, Made::next())),
            root: None,
            depth: 0,
        }
    }

    /// The limits of this flow value where a visit calls it that began then, with these limits.
    ///
    /// A flow value that the visit made has those of all such flow values that visits call from
    /// there: limits of its own would limit nothing. One that there was before has its own.
    pub(crate) fn called(
        &self,
        flow: TypeId,
        graph: &'static Graph,
        (began, caller): (Made, &Self),
    ) -> Self {
        let instead = || (self.own.made > began).then(|| caller.of_called(flow, graph));
        let instead = self.own.instead.get_or_init(instead);
        instead.as_ref().unwrap_or(self).clone()
    }

    /// The limits of a type of flows that visits with these limits call.
    ///
    /// A call within a call has other ones than the call that it is in, so that no trace waits for
    /// what it holds: permits are taken in the order of the depth alone.
    fn of_called(&self, flow: TypeId, graph: &'static Graph) -> Self {
        let caller = self.settled();
        let root = caller.root();
        Self {
            own: root.called.of(caller.depth, flow, || {
                NodeLimits::of(graph, None, Made::now())
            }),
            root: Some(Arc::clone(root)),
            depth: caller.depth + 1,
        }
    }

    fn root(&self) -> &Arc<NodeLimits> {
        self.root.as_ref().unwrap_or(&self.own)
    }

    /// Those of a playbook among the nodes, which all of its visits share.
    pub(crate) fn of_playbook(&self, node: usize, graph: &'static Graph) -> Self {
        let settled = self.settled();
        let own = match &settled.own.playbooks[node] {
            Some(own) => Arc::clone(own),
            None => Arc::new(NodeLimits::of(graph, None, Made::now())),
        };
        Self {
            own,
            root: Some(Arc::clone(settled.root())),
            depth: settled.depth,
        }
    }

    /// Those that hold, from now on in any case.
    fn settled(&self) -> &Self {
        let instead = self.own.instead.get_or_init(|| None);
        instead.as_ref().unwrap_or(self)
    }

    /// Waits until the node may begin another attempt of a message with these headers, if it is
    /// limited.
    pub(crate) async fn acquire(&self, node: usize, headers: &Headers) -> Option<Permit<'_>> {
        let limit = self.settled().own.nodes[node].as_ref()?;
        match &limit.gates {
            Gates::Shared(gate) => {
                let permit = gate.pass(&limit.waiting).await;
                permit.map(|_permit| Permit::Shared { _permit })
            }
            Gates::Keyed(per, gates) => {
                let gate = gates.gate(per.key(headers));
                let permit = gate.pass_kept(&limit.waiting).await;
                permit.map(|_permit| Permit::Keyed { _permit })
            }
        }
    }

    /// How many visits wait for the node's limits.
    pub(crate) fn waiting(&self, node: usize) -> usize {
        match &self.own.nodes[node] {
            None => 0,
            Some(_) => self.settled().own.nodes[node]
                .as_ref()
                .map_or(0, |limit| limit.waiting.count()),
        }
    }

    /// Whether both are the limits of one flow value, or of one type of called flows.
    pub(crate) fn are_those_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.settled().own, &other.settled().own)
    }
}
