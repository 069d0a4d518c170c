//! How many messages come of one: counted up to two, for each node at once, until the counts
//! stand.

use super::{Edge, Graph, Role, Route, Way};
use crate::flow::ast::Kind;

impl Graph {
    /// Whether a trace can have several outputs: an exit gives one, and so does a `Break`.
    pub(crate) fn has_several_outputs(&self) -> bool {
        let leaves = |node| usize::from(!self.leads_to_a_join(node));
        let outputs = self.count((0..self.nodes.len()).map(leaves).collect(), None);
        let entries = self.entries.iter().map(|entry| outputs[entry.node]);
        entries.sum::<usize>() > 1
    }

    /// The nodes that a join waits for: a `Break` of theirs would be an output beside its own.
    pub(crate) fn held(&self) -> impl Iterator<Item = usize> {
        let mut held = vec![false; self.nodes.len()];
        for (place, joining) in self.joins() {
            let waits_for = match joining.map {
                Some(map) => self.inside(map, place),
                None => joining.leads.iter().map(|inputs| *inputs != 0).collect(),
            };
            held.iter_mut()
                .zip(waits_for)
                .for_each(|(held, waits)| *held |= waits);
        }
        (0..held.len()).filter(move |node| held[*node])
    }

    /// How many messages of one item come to the map's end, for each node in it.
    pub(super) fn arrivals(&self, join: usize) -> Vec<usize> {
        let mut least = vec![0; self.nodes.len()];
        least[join] = 1;
        self.count(least, Some(join))
    }

    /// A node gives as many as all of its ways together, a `match` as many as the best of its
    /// arms, a node with a fallback as the better of both, a map whose items do not meet
    /// several. A join's are those of its first input. Beyond `end` nothing counts.
    fn count(&self, least: Vec<usize>, end: Option<usize>) -> Vec<usize> {
        let mut counts = vec![0; self.nodes.len()];
        loop {
            let count = |node: usize| match end {
                Some(end) if node == end => least[node],
                _ => self.gives(node, &counts, end).clamp(least[node], 2),
            };
            let next: Vec<usize> = (0..self.nodes.len()).map(count).collect();
            if next == counts {
                return counts;
            }
            counts = next;
        }
    }

    fn gives(&self, node: usize, counts: &[usize], end: Option<usize>) -> usize {
        let onward = self.all(&self.nodes[node].ways, counts);
        let fallback = self
            .fallback(node)
            .map_or(0, |edge| self.along(edge, counts));
        let given = onward.max(fallback);
        let scatters = self.scatters(node) && self.end_of(node) != end;
        if scatters { given * 2 } else { given }
    }

    /// Where the items of the map that begins here meet.
    pub(crate) fn end_of(&self, node: usize) -> Option<usize> {
        match &self.nodes[node].role {
            Role::Map(map) => Some(map.join),
            _ => None,
        }
    }

    /// Whether each item of the map that begins here goes on by itself behind it.
    pub(super) fn scatters(&self, node: usize) -> bool {
        let join = self.end_of(node).and_then(|join| self.nodes[join].join());
        join.is_some_and(|join| join.kind == Kind::Each)
    }

    /// Whether a message of the node is on its way to a join, which it would leave waiting if
    /// it left the flow.
    fn leads_to_a_join(&self, node: usize) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut frontier = vec![node];
        while let Some(node) = frontier.pop() {
            for edge in self.edges_from(node) {
                if edge.slot.is_some() {
                    return true;
                }
                if !std::mem::replace(&mut seen[edge.to], true) {
                    frontier.push(edge.to);
                }
            }
        }
        false
    }

    fn all(&self, ways: &[Way], counts: &[usize]) -> usize {
        let one = |way: &Way| match &way.route {
            Route::Edge(edge) => self.along(&self.edges[*edge], counts),
            Route::Match(_, arms) => {
                let best = arms.iter().map(|arm| self.all(&arm.ways, counts)).max();
                best.unwrap_or(0)
            }
        };
        ways.iter().map(one).sum()
    }

    fn along(&self, edge: &Edge, counts: &[usize]) -> usize {
        match edge.slot {
            Some(slot) if slot > 0 => 0,
            _ => counts[edge.to],
        }
    }
}
