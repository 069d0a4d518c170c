//! The longest paths through a graph, from their ends to their beginnings: for each node, the worst
//! that can follow. With `hops(n)` a path goes round at most n times whatever its loops are, so
//! there is a layer of figures for each number of rounds left.

use std::time::Duration;

use super::super::edge_lists::{Edges, NONE};
use super::super::proof::is_in;
use super::super::{Edge, Graph, Mapping, NodeInfo, Role};
use super::map_width::map_width;
use super::node_cost::NodeCost;
use crate::policy::Policy;

/// No bound. It stays that when something is added to it, or when it is multiplied.
pub(super) const UNBOUNDED: u64 = u64::MAX;

/// The question about a graph.
#[derive(Clone, Copy)]
pub(super) enum Measure {
    /// The time of the longest path through it, in nanoseconds.
    Time,
    /// How often one message visits this node.
    Visits(usize),
}

/// A graph, put in order. `N` is at least the number of its nodes, and of its edges.
pub(super) struct LongestPath<'g, const N: usize> {
    pub(super) graph: &'g Graph,
    measure: Measure,
    pub(super) edges: Edges<N>,
    /// The cost of a visit of each node by itself.
    own: [u64; N],
    /// How often what follows each node counts: once, or for every item of a map.
    pub(super) times: [u64; N],
    /// The joins after which the result of a map counts once, with the map.
    gathers: [bool; N],
}

/// The figures of one layer: its number less one is how often a path may still go round; in the
/// lowest a fallback has taken over from a used up budget, and what follows it goes no round at
/// all.
pub(super) struct Layer<const N: usize> {
    pub(super) depth: usize,
    pub(super) worst: [u64; N],
    /// Those of the layer below.
    later: [u64; N],
}

impl<'g, const N: usize> LongestPath<'g, N> {
    /// The costs are those of the nodes' attributes, unless others are given.
    pub(super) const fn of(graph: &'g Graph, measure: Measure, costs: Option<&[NodeCost]>) -> Self {
        let mut survey = Self {
            graph,
            measure,
            edges: Edges::of(graph),
            own: [0; N],
            times: [1; N],
            gathers: [false; N],
        };
        survey.look_at_nodes(costs);
        survey
    }

    const fn look_at_nodes(&mut self, costs: Option<&[NodeCost]>) {
        let mut node = 0;
        while node < self.graph.nodes.len() {
            let info = &self.graph.nodes[node];
            self.own[node] = match self.measure {
                Measure::Time => match costs {
                    Some(costs) => costs[node].time,
                    None => visit_time(info),
                },
                Measure::Visits(of) => (of == node) as u64,
            };
            if let Role::Map(map) = info.role {
                self.times[node] = self.items(node, map, costs);
                self.gathers[map.end] = map.gathers || matches!(self.measure, Measure::Time);
            }
            node += 1;
        }
    }

    /// The figure for a trace.
    pub(super) const fn total(&self) -> u64 {
        let layer = self.layer(self.rounds());
        let (mut total, mut entry) = (0, 0);
        while entry < self.graph.entries.len() {
            total = self.both(total, layer.worst[self.graph.entries[entry]]);
            entry += 1;
        }
        total
    }

    /// Where the worst path begins.
    pub(super) const fn worst_entry(&self, layer: &Layer<N>) -> usize {
        let (mut worst, mut entry) = (self.graph.entries[0], 0);
        while entry < self.graph.entries.len() {
            let node = self.graph.entries[entry];
            if layer.worst[node] > layer.worst[worst] {
                worst = node;
            }
            entry += 1;
        }
        worst
    }

    /// How often a loop's body may run; once, where there is no loop.
    pub(super) const fn rounds(&self) -> usize {
        let mut edge = 0;
        while edge < self.graph.edges.len() {
            if self.graph.edges[edge].is_hop {
                return larger(self.graph.hops as u64, 1) as usize;
            }
            edge += 1;
        }
        1
    }

    /// The layer of this depth, by way of all those below.
    pub(super) const fn layer(&self, depth: usize) -> Layer<N> {
        let mut layer = self.layer_above(0, [0; N]);
        while layer.depth < depth {
            layer = self.layer_above(layer.depth + 1, layer.worst);
        }
        layer
    }

    const fn layer_above(&self, depth: usize, later: [u64; N]) -> Layer<N> {
        let worst = [0; N];
        let mut layer = Layer {
            depth,
            worst,
            later,
        };
        let mut after = self.graph.nodes.len();
        while after > 0 {
            after -= 1;
            let node = self.edges.order[after];
            layer.worst[node] = self.from(node, &layer);
        }
        layer
    }

    /// The worst that begins at a node.
    const fn from(&self, node: usize, layer: &Layer<N>) -> u64 {
        let onward = self.onward(node, &[], layer);
        let following = match self.graph.nodes[node].role {
            Role::Map(map) => {
                let items = self.times[node].saturating_mul(onward);
                items.saturating_add(self.behind(map, layer))
            }
            _ => larger(onward, self.taken_over(node, layer)),
        };
        self.own[node].saturating_add(following)
    }

    /// All that goes on from a node: what is sent several ways, and one arm of each `match`.
    const fn onward(&self, node: usize, arms: &[(usize, usize)], layer: &Layer<N>) -> u64 {
        let (mut onward, mut chosen) = (0, NONE);
        let mut next = self.edges.first[node];
        while next != NONE {
            let edge = self.graph.edges[next];
            if !edge.is_fallback && is_in(edge, arms) {
                if edge.arms.len() == arms.len() {
                    onward = self.both(onward, self.along(edge, layer));
                } else if edge.arms[arms.len()].0 != chosen {
                    chosen = edge.arms[arms.len()].0;
                    let choice = self.worst_arm(edge, arms.len(), layer);
                    onward = self.both(onward, choice);
                }
            }
            next = self.edges.next[next];
        }
        onward
    }

    /// The worst arm of the edge's `match` at this depth.
    const fn worst_arm(&self, of: Edge, depth: usize, layer: &Layer<N>) -> u64 {
        let (mut worst, mut seen) = (0, NONE);
        let mut next = self.edges.first[of.from];
        while next != NONE {
            let edge = self.graph.edges[next];
            if edge.arms.len() > depth
                && edge.arms[depth].0 == of.arms[depth].0
                && edge.arms[depth].1 != seen
            {
                seen = edge.arms[depth].1;
                let (arms, _) = edge.arms.split_at(depth + 1);
                worst = larger(worst, self.onward(of.from, arms, layer));
            }
            next = self.edges.next[next];
        }
        worst
    }

    const fn taken_over(&self, node: usize, layer: &Layer<N>) -> u64 {
        match self.fallback(node) {
            Some(edge) => self.along(edge, layer),
            None => 0,
        }
    }

    const fn fallback(&self, node: usize) -> Option<Edge> {
        let mut next = self.edges.first[node];
        while next != NONE {
            if self.graph.edges[next].is_fallback {
                return Some(self.graph.edges[next]);
            }
            next = self.edges.next[next];
        }
        None
    }

    /// How often an item counts: for time, by the rounds that items run in.
    const fn items(&self, beginning: usize, map: Mapping, costs: Option<&[NodeCost]>) -> u64 {
        match (map.max, self.measure) {
            (None, _) => UNBOUNDED,
            (Some(max), Measure::Time) => {
                let width = map_width(self.graph, &self.edges, (beginning, map), costs);
                max.div_ceil(width) as u64
            }
            (Some(max), Measure::Visits(_)) => max as u64,
        }
    }

    /// The path that follows a map once, and not each item.
    const fn behind(&self, map: Mapping, layer: &Layer<N>) -> u64 {
        match self.gathers[map.end] {
            true => layer.worst[map.end],
            false => 0,
        }
    }

    /// The path along an edge. At the end of a map the item is over.
    const fn along(&self, edge: Edge, layer: &Layer<N>) -> u64 {
        let is_counted = match self.measure {
            Measure::Time => true,
            Measure::Visits(_) => !edge.is_beside,
        };
        match self.target(edge, layer.depth) {
            Some(to) if edge.is_hop => layer.later[to],
            Some(to) if is_counted && !self.gathers[to] => layer.worst[to],
            _ => 0,
        }
    }

    /// Where an edge leads. Where no round is left, that is the node that takes over.
    const fn target(&self, edge: Edge, depth: usize) -> Option<usize> {
        match depth {
            0 if edge.is_hop => None,
            1 if edge.is_hop => match self.fallback(edge.to) {
                Some(fallback) => Some(fallback.to),
                None => None,
            },
            _ => Some(edge.to),
        }
    }

    /// The step that the worst of a node goes on with, and in which layer; `None` where it ends.
    pub(super) const fn onto(&self, node: usize, layer: &Layer<N>) -> Option<(usize, usize)> {
        let (mut worst, mut onto) = (0, None);
        let mut next = self.edges.first[node];
        while next != NONE {
            let edge = self.graph.edges[next];
            if self.along(edge, layer) > worst {
                worst = self.along(edge, layer);
                let depth = layer.depth - edge.is_hop as usize;
                onto = match self.target(edge, layer.depth) {
                    Some(to) => Some((to, depth)),
                    None => None,
                };
            }
            next = self.edges.next[next];
        }
        onto
    }

    /// Two ways at once take as long as the longer one, and visit as much as both.
    const fn both(&self, one: u64, other: u64) -> u64 {
        match self.measure {
            Measure::Time => larger(one, other),
            Measure::Visits(_) => one.saturating_add(other),
        }
    }
}

/// A graph's figure. Nothing is allocated while compiling, so there is room for flows of a few
/// sizes; none is larger than the last one.
pub(super) const fn figure(graph: &Graph, measure: Measure) -> u64 {
    figure_of(graph, measure, None)
}

/// The same, where nodes cost something else than their attributes say.
pub(super) const fn figure_of(graph: &Graph, measure: Measure, costs: Option<&[NodeCost]>) -> u64 {
    match size(graph) {
        0..=32 => LongestPath::<32>::of(graph, measure, costs).total(),
        33..=256 => LongestPath::<256>::of(graph, measure, costs).total(),
        257..=2048 => LongestPath::<2048>::of(graph, measure, costs).total(),
        _ => LongestPath::<16384>::of(graph, measure, costs).total(),
    }
}

pub(super) const fn size(graph: &Graph) -> usize {
    larger(graph.nodes.len() as u64, graph.edges.len() as u64) as usize
}

const fn larger(one: u64, other: u64) -> u64 {
    if one > other { one } else { other }
}

/// The longest that a visit can take.
pub(super) const fn visit_time(info: &NodeInfo) -> u64 {
    visit_time_of(info.role, &info.policy, play_time(info))
}

/// The longest that one attempt can take: its timeout, and a playbook's own figure.
pub(super) const fn attempt_time(info: &NodeInfo) -> u64 {
    shorter(timeout_of(&info.policy), play_time(info))
}

/// A playbook's own figure.
const fn play_time(info: &NodeInfo) -> u64 {
    match info.playbook {
        Some(playbook) => figure(playbook, Measure::Time),
        None => UNBOUNDED,
    }
}

/// The same with this policy, where an attempt that plays a flow takes no longer than that.
pub(super) const fn visit_time_of(role: Role, policy: &Policy, played: u64) -> u64 {
    match role {
        Role::Pass | Role::Map(_) => 0,
        Role::Await(None) => UNBOUNDED,
        Role::Await(Some(within)) => nanos(within),
        Role::Visit => {
            let tries = policy.retries as u64 + 1;
            let waits = policy.longest_waits();
            let attempts = shorter(timeout_of(policy), played).saturating_mul(tries);
            attempts.saturating_add(nanos(waits))
        }
    }
}

const fn timeout_of(policy: &Policy) -> u64 {
    match policy.timeout {
        Some(timeout) => nanos(timeout),
        None => UNBOUNDED,
    }
}

const fn shorter(one: u64, other: u64) -> u64 {
    if one < other { one } else { other }
}

pub(super) const fn nanos(time: Duration) -> u64 {
    let nanos = time.as_nanos();
    if nanos < UNBOUNDED as u128 {
        nanos as u64
    } else {
        UNBOUNDED
    }
}
