//! What a trace has done of what its flows can do, made of its events.

use std::collections::HashSet;
use std::ptr;
use std::sync::Arc;

use super::items::{Item, first};
use super::links::{Link, Visits, calls, links, links_from_begin};
use crate::error::ErrorKind;
use crate::event::{Event, EventKind};
use crate::graph::{Graph, NodeKind};
use crate::message::StepId;

/// The visits of a trace: those of its flow, and of each of its playbooks.
#[derive(Default)]
pub(crate) struct TraceVisits(pub(crate) Vec<FlowVisits>);

/// The visits of one flow in a trace.
pub(crate) struct FlowVisits {
    pub(crate) graph: &'static Graph,
    /// The playbooks that it is in.
    pub(crate) path: Option<Arc<str>>,
    pub(crate) visits: Visits,
    succeeded: HashSet<StepId>,
    retried: HashSet<usize>,
    expired: HashSet<usize>,
}

impl TraceVisits {
    pub(crate) fn add(&mut self, event: &Event) {
        let place = event.place;
        let (Some(node), Some(step)) = (place.node, event.step) else {
            return;
        };
        let flow = self.flow(place.graph, event.playbook.as_ref());
        flow.add(node as usize, step, event);
    }

    fn flow(&mut self, graph: &'static Graph, path: Option<&Arc<str>>) -> &mut FlowVisits {
        let is_it = |flow: &FlowVisits| {
            ptr::eq(flow.graph, graph) && flow.path.as_deref() == path.map(|path| &**path)
        };
        let known = self.0.iter().position(is_it);
        let place = known.unwrap_or_else(|| {
            self.0.push(FlowVisits::new(graph, path.cloned()));
            self.0.len() - 1
        });
        &mut self.0[place]
    }

    /// How the visits of one of the flows followed each other.
    fn links(&self, flow: &FlowVisits) -> Vec<Link> {
        let begin: Vec<_> = match flow.path {
            None => vec![StepId::ROOT],
            Some(_) => {
                let steps = self.0.iter().flat_map(|flow| flow.visits.keys());
                steps.copied().flat_map(calls).collect()
            }
        };
        let first = |begin| links_from_begin(flow.graph, &flow.visits, begin);
        let mut all = links(flow.graph, &flow.visits);
        all.extend(begin.into_iter().flat_map(first));
        all
    }

    /// All that the trace has done, flow by flow.
    pub(super) fn covered(&self) -> Vec<(&'static Graph, HashSet<Item>)> {
        let of = |flow: &FlowVisits| (flow.graph, flow.covered(&self.links(flow)));
        self.0.iter().map(of).collect()
    }
}

impl FlowVisits {
    fn new(graph: &'static Graph, path: Option<Arc<str>>) -> Self {
        Self {
            graph,
            path,
            visits: Visits::new(),
            succeeded: HashSet::new(),
            retried: HashSet::new(),
            expired: HashSet::new(),
        }
    }

    fn add(&mut self, node: usize, step: StepId, event: &Event) {
        self.visits.insert(step, node);
        match event.event {
            EventKind::NodeSuccess => _ = self.succeeded.insert(step),
            EventKind::NodeRetry => _ = self.retried.insert(node),
            EventKind::TraceResumed => match event.error_kind {
                None => _ = self.succeeded.insert(step),
                Some(ErrorKind::TimedOut) => _ = self.expired.insert(node),
                Some(_) => {}
            },
            _ => {}
        }
    }

    fn covered(&self, links: &[Link]) -> HashSet<Item> {
        let mut covered: HashSet<_> = self.retried.iter().copied().map(Item::Retry).collect();
        covered.extend(self.expired.iter().copied().map(Item::Expiry));
        covered.extend(self.entered(links).map(Item::Enter));
        let mut edges: HashSet<_> = links.iter().flat_map(|link| &link.edges).copied().collect();
        for edge in 0..self.graph.edges.len() {
            if self.goes_unseen(edge, &edges) {
                edges.insert(edge);
            }
        }
        covered.extend(
            self.graph
                .exits
                .iter()
                .filter(|exit| self.leaves(**exit, &edges))
                .copied()
                .map(Item::Exit),
        );
        covered.extend(
            edges
                .into_iter()
                .map(|edge| Item::Edge(first(self.graph, edge))),
        );
        covered
    }

    /// The entries that the trace began with: they were visited, and not from within the flow.
    fn entered<'a>(&'a self, links: &'a [Link]) -> impl Iterator<Item = usize> + 'a {
        let entries = self.graph.entries.iter().copied();
        entries.filter(|entry| {
            let is_inner = |step: &StepId| {
                let mut to = links.iter().filter(|link| link.to == *step);
                to.any(|link| link.from.is_some())
            };
            let mut visits = self.visits.iter().filter(|(_, node)| *node == entry);
            let is_passed = self.graph.nodes[*entry].kind() == NodeKind::MapStart;
            visits.any(|(step, _)| !is_inner(step))
                || is_passed && links.iter().any(|link| link.from.is_none())
        })
    }

    /// Whether an edge to a join or a map was taken, which has no visit of its own: an output
    /// follows all edges of its node that belong to no arm.
    fn goes_unseen(&self, edge: usize, taken: &HashSet<usize>) -> bool {
        let edge = &self.graph.edges[edge];
        let [from, to] = [edge.from, edge.to];
        let target = self.graph.nodes[to].kind();
        if edge.is_fallback || !matches!(target, NodeKind::Join | NodeKind::MapStart) {
            return false;
        }
        let goes_on = self.graph.edges.iter().enumerate();
        let mut goes_on = goes_on
            .filter(|(_, edge)| edge.from == to)
            .map(|(edge, _)| edge);
        let has_gone_on = goes_on.any(|edge| taken.contains(&edge));
        let info = &self.graph.nodes[from];
        match (edge.pattern, info.kind()) {
            (None, NodeKind::Visit | NodeKind::Parking) => {
                self.has_succeeded(from) && (has_gone_on || !info.can_end)
            }
            (None, NodeKind::Join | NodeKind::MapStart) => self.is_filled(from, taken),
            // An arm leads to a visit, or to a map, which is found by what follows it.
            (Some(_), _) => false,
        }
    }

    fn has_succeeded(&self, node: usize) -> bool {
        let mut visits = self.visits.iter().filter(|(_, visited)| **visited == node);
        visits.any(|(step, _)| self.succeeded.contains(step))
    }

    /// Whether all edges to a join were taken, or one if it does not wait for all.
    fn is_filled(&self, join: usize, taken: &HashSet<usize>) -> bool {
        let edges = self.graph.edges.iter().enumerate();
        let mut inputs = edges.filter(|(_, edge)| edge.to == join && !edge.is_fallback);
        let waits_for_all = self.graph.nodes[join].name.starts_with("join");
        match waits_for_all {
            true => inputs.all(|(edge, _)| taken.contains(&edge)),
            false => inputs.any(|(edge, _)| taken.contains(&edge)),
        }
    }

    /// Whether an output came from a node without successors.
    fn leaves(&self, exit: usize, taken: &HashSet<usize>) -> bool {
        match self.graph.nodes[exit].kind() {
            NodeKind::Visit | NodeKind::Parking => self.has_succeeded(exit),
            NodeKind::Join | NodeKind::MapStart => self.is_filled(exit, taken),
        }
    }
}
