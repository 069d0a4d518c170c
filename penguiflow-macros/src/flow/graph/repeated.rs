//! The nodes that a message may visit in a round of a loop, or as an item of a map, as ranges of
//! indices. There are few ranges, since a flow names nodes where it uses them.

use std::collections::BTreeSet;

use super::{Edge, Graph, Role};

/// The first and the last index.
type Range = (usize, usize);

impl Graph {
    /// The nodes that a message may visit between two rounds: also those of loops in the loop and
    /// around it, whose rounds may follow each other in any order.
    pub(in crate::flow) fn repeated_by_loop(&self, back_edge: &Edge) -> Vec<Range> {
        let component = self.components[back_edge.to];
        let nodes = 0..self.nodes.len();
        ranges(nodes.filter(|node| self.components[*node] == component))
    }

    /// The nodes of a map, without those of maps in it, whose items count by themselves.
    pub(in crate::flow) fn repeated_by_map(&self, map: usize) -> Vec<Range> {
        let inside = self.inside_map(map);
        let inner = inside.iter().map(|node| self.inside_map(*node));
        let inner: BTreeSet<usize> = inner.flatten().collect();
        ranges(inside.difference(&inner).copied())
    }

    fn inside_map(&self, map: usize) -> BTreeSet<usize> {
        match &self.nodes[map].role {
            Role::Map(mapping) => self.inside(map, mapping.join),
            _ => BTreeSet::new(),
        }
    }

    /// Finds the strongly connected components by Kosaraju's algorithm.
    pub(super) fn find_components(&mut self) {
        const NONE: usize = usize::MAX;
        let mut components = vec![NONE; self.nodes.len()];
        for root in &self.order {
            let mut frontier = vec![*root];
            while let Some(node) = frontier.pop() {
                if components[node] == NONE {
                    components[node] = *root;
                    frontier.extend(self.edges_to(node).map(|edge| edge.from));
                }
            }
        }
        self.components = components;
    }
}

/// Ascending numbers as ranges.
fn ranges(nodes: impl Iterator<Item = usize>) -> Vec<Range> {
    let mut ranges: Vec<Range> = Vec::new();
    for node in nodes {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == node => *last = node,
            _ => ranges.push((node, node)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn neighbours_are_one_range() {
        let nodes = [0, 1, 2, 5, 7, 8];
        assert_eq!(ranges(nodes.into_iter()), [(0, 2), (5, 5), (7, 8)]);
        assert_eq!(ranges(std::iter::empty()), []);
    }
}
