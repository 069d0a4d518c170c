//! Maps are closed: what begins at a map's items comes to the map's end, once, and nothing
//! else does.

use super::{Graph, Unmet};

impl Graph {
    /// What is wrong with the map that begins at `map` and ends at `join`.
    pub(super) fn map_fault(&self, map: usize, join: usize) -> Option<Unmet> {
        let inside = self.inside(map, join);
        let arrivals = self.arrivals(join);
        if arrivals[map] == 0 {
            return Some(Unmet::Never);
        }
        let leads = self.leads(join);
        let places = || (0..self.nodes.len()).filter(|node| inside[*node]);
        if let Some(node) = places().find(|node| self.is_reached_from_outside(*node, map, &inside))
        {
            return Some(Unmet::Outside(node));
        }
        if let Some(node) = places().find(|node| !leads[*node]) {
            return Some(Unmet::Leaves(node));
        }
        (arrivals[map] > 1).then_some(Unmet::Twice(0))
    }

    /// The nodes between a map's beginning and its end.
    pub(super) fn inside(&self, map: usize, join: usize) -> Vec<bool> {
        let mut inside = vec![false; self.nodes.len()];
        let mut frontier = vec![map];
        while let Some(node) = frontier.pop() {
            for edge in self.edges_from(node) {
                if edge.to != join && !std::mem::replace(&mut inside[edge.to], true) {
                    frontier.push(edge.to);
                }
            }
        }
        inside
    }

    /// For each node, whether a message of it can come to the join.
    fn leads(&self, join: usize) -> Vec<bool> {
        let mut leads = vec![false; self.nodes.len()];
        let mut frontier = vec![join];
        while let Some(node) = frontier.pop() {
            for edge in self.edges.iter().filter(|edge| edge.to == node) {
                if !std::mem::replace(&mut leads[edge.from], true) {
                    frontier.push(edge.from);
                }
            }
        }
        leads
    }

    fn is_reached_from_outside(&self, node: usize, map: usize, inside: &[bool]) -> bool {
        let mut edges = self.edges.iter().filter(|edge| edge.to == node);
        let outside = |from: usize| from != map && !inside[from];
        edges.any(|edge| outside(edge.from)) || self.entries.iter().any(|entry| entry.node == node)
    }
}
