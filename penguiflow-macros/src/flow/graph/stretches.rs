//! Which nodes a message may come to between two rounds of a loop, and as an item of a map: as
//! stretches of numbers, of which there are few, since a flow names nodes where it uses them.

use std::collections::BTreeSet;

use super::{Edge, Graph, Role};

/// The first and the last node of a stretch.
type Stretch = (usize, usize);

impl Graph {
    /// The nodes that go round with this edge: also those of loops in the loop and around it, whose
    /// rounds a message may have in any order.
    pub(in crate::flow) fn stretches_of_loop(&self, hop: &Edge) -> Vec<Stretch> {
        let part = self.parts[hop.to];
        let nodes = 0..self.nodes.len();
        stretches(nodes.filter(|node| self.parts[*node] == part))
    }

    /// The nodes of a map, without those of maps in it, which count for themselves.
    pub(in crate::flow) fn stretches_of_item(&self, map: usize) -> Vec<Stretch> {
        let inside = self.inside_map(map);
        let inner = inside.iter().map(|node| self.inside_map(*node));
        let inner: BTreeSet<usize> = inner.flatten().collect();
        stretches(inside.difference(&inner).copied())
    }

    fn inside_map(&self, map: usize) -> BTreeSet<usize> {
        match &self.nodes[map].role {
            Role::Map(mapping) => self.inside(map, mapping.join),
            _ => BTreeSet::new(),
        }
    }

    /// Numbers the parts of the graph of which each node can come to each other one, by Kosaraju's
    /// algorithm.
    pub(super) fn find_parts(&mut self) {
        const NONE: usize = usize::MAX;
        let mut parts = vec![NONE; self.nodes.len()];
        for root in &self.order {
            let mut before = vec![*root];
            while let Some(node) = before.pop() {
                if parts[node] == NONE {
                    parts[node] = *root;
                    before.extend(self.edges_to(node).map(|edge| edge.from));
                }
            }
        }
        self.parts = parts;
    }
}

/// Numbers in their order, as stretches.
fn stretches(nodes: impl Iterator<Item = usize>) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for node in nodes {
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == node => *last = node,
            _ => stretches.push((node, node)),
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::stretches;

    #[test]
    fn neighbours_are_one_stretch() {
        let nodes = [0, 1, 2, 5, 7, 8];
        assert_eq!(stretches(nodes.into_iter()), [(0, 2), (5, 5), (7, 8)]);
        assert_eq!(stretches(std::iter::empty()), []);
    }
}
