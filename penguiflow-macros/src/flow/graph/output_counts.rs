//! How many outputs one message leads to: none, one, or several (counted as two). The counts are
//! propagated from the ends back until none changes.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Edge, Graph, Role, Route, Way};
use crate::flow::join_kind::JoinKind;

/// The count of each node; nodes without one are not reached yet.
pub(super) type Counts = HashMap<usize, usize>;

impl Graph {
    /// Whether a trace can have several outputs: an exit gives one, and so does a `Break`.
    pub(crate) fn has_several_outputs(&self) -> bool {
        let lead_to_joins = self.lead_to_joins();
        let outputs = self.count(self.order.clone(), Counts::new(), |node, counts| {
            let least = usize::from(!lead_to_joins.contains(&node));
            Some(self.gives(node, counts, None).clamp(least, 2))
        });
        let entries = self.entries.iter().map(|entry| outputs[&entry.node]);
        entries.sum::<usize>() > 1
    }

    /// The nodes that a join waits for. A `Break` in one would be a second output.
    pub(crate) fn awaited_by_joins(&self) -> impl Iterator<Item = usize> {
        let mut held = BTreeSet::new();
        for (index, joining) in self.joins() {
            held.extend(joining.leads.keys());
            held.extend(
                joining
                    .map
                    .map_or_else(BTreeSet::new, |map| self.inside(map, index)),
            );
        }
        held.into_iter()
    }

    /// The nodes on branches that a join can do without.
    pub(crate) fn may_fail(&self) -> BTreeSet<usize> {
        let bearing = self
            .joins()
            .filter(|(_, joining)| joining.kind.tolerates_failures());
        let mut optional = BTreeSet::new();
        for (index, joining) in bearing {
            optional.extend(joining.leads.keys());
            optional.extend(
                joining
                    .map
                    .into_iter()
                    .flat_map(|map| self.inside(map, index)),
            );
        }
        optional
    }

    /// How many messages of one item reach the end of a map, from each node inside and from its
    /// beginning.
    pub(super) fn arrivals(&self, map: usize, join: usize, inside: &BTreeSet<usize>) -> Counts {
        let ends = self.edges_to(join).map(|edge| edge.from).collect();
        let is_within = |node| node == map || inside.contains(&node);
        self.count(ends, Counts::from([(join, 1)]), |node, counts| {
            is_within(node).then(|| self.gives(node, counts, Some(join)).min(2))
        })
    }

    /// Propagates counts from these nodes back, until none changes.
    fn count(
        &self,
        mut frontier: Vec<usize>,
        mut counts: Counts,
        of: impl Fn(usize, &Counts) -> Option<usize>,
    ) -> Counts {
        let mut waiting: HashSet<_> = frontier.iter().copied().collect();
        while let Some(node) = frontier.pop() {
            waiting.remove(&node);
            // Two is the highest count.
            if counts.get(&node) == Some(&2) {
                continue;
            }
            let Some(given) = of(node, &counts) else {
                continue;
            };
            if counts.insert(node, given).unwrap_or(0) != given {
                let before = self.edges_to(node).map(|edge| edge.from);
                frontier.extend(before.filter(|from| waiting.insert(*from)));
            }
        }
        counts
    }

    /// The count of a node is the sum of its ways; of a `match`, the highest of its arms; of a node
    /// with a fallback, the higher of both; of a map without a join, several. A join counts for its
    /// first input.
    fn gives(&self, node: usize, counts: &Counts, end: Option<usize>) -> usize {
        let onward = self.all(&self.nodes[node].ways, counts);
        let fallback = self.fallback(node).map_or(0, |edge| along(edge, counts));
        let given = onward.max(fallback);
        let items_go_on = self.items_go_on(node) && self.end_of(node) != end;
        if items_go_on { given * 2 } else { given }
    }

    /// Where the items of the map that begins here meet.
    pub(crate) fn end_of(&self, node: usize) -> Option<usize> {
        match &self.nodes[node].role {
            Role::Map(map) => Some(map.join),
            _ => None,
        }
    }

    /// Whether each item of the map that begins here goes on by itself after it.
    pub(super) fn items_go_on(&self, node: usize) -> bool {
        let join = self.end_of(node).and_then(|join| self.nodes[join].join());
        join.is_some_and(|join| join.kind == JoinKind::Each)
    }

    /// The nodes on the way to a join, which waits for their messages.
    fn lead_to_joins(&self) -> HashSet<usize> {
        let inputs = self.edges.iter().filter(|edge| edge.slot.is_some());
        let mut frontier: Vec<_> = inputs.map(|edge| edge.from).collect();
        let mut lead = HashSet::new();
        while let Some(node) = frontier.pop() {
            if lead.insert(node) {
                frontier.extend(self.edges_to(node).map(|edge| edge.from));
            }
        }
        lead
    }

    fn all(&self, ways: &[Way], counts: &Counts) -> usize {
        let one = |way: &Way| match &way.route {
            Route::Edge(edge) => along(&self.edges[*edge], counts),
            Route::Match(_, arms) => {
                let best = arms.iter().map(|arm| self.all(&arm.ways, counts)).max();
                best.unwrap_or(0)
            }
        };
        ways.iter().map(one).sum()
    }
}

fn along(edge: &Edge, counts: &Counts) -> usize {
    match edge.slot {
        Some(slot) if slot > 0 => 0,
        _ => counts.get(&edge.to).copied().unwrap_or(0),
    }
}
