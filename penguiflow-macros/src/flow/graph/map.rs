//! Maps are closed: each item comes to the map's end once, and nothing else does.

use std::collections::BTreeSet;

use super::{Edge, Graph, JoinFault};

impl Graph {
    /// What is wrong with the map that begins at `map` and ends at `join`.
    pub(super) fn map_fault(&self, map: usize, join: usize) -> Option<JoinFault> {
        let inside = self.inside(map, join);
        let arrivals = self.arrivals(map, join, &inside);
        let arrivals = arrivals.get(&map).copied().unwrap_or(0);
        if arrivals == 0 {
            return Some(JoinFault::NeverFills);
        }
        let leads = self.leads(join, &inside);
        let mut places = inside.iter();
        if let Some(node) = places.find(|node| self.is_reached_from_outside(**node, map, &inside)) {
            return Some(JoinFault::EntersMap(*node));
        }
        if let Some(node) = inside.difference(&leads).next() {
            return Some(JoinFault::LeavesMap(*node));
        }
        (arrivals > 1).then_some(JoinFault::InputTwice(0))
    }

    /// The nodes between a map's beginning and its end.
    pub(in crate::flow) fn inside(&self, map: usize, join: usize) -> BTreeSet<usize> {
        let mut inside = BTreeSet::new();
        let mut frontier = vec![map];
        while let Some(node) = frontier.pop() {
            for edge in self.edges_from(node) {
                if edge.to != join && inside.insert(edge.to) {
                    frontier.push(edge.to);
                }
            }
        }
        inside
    }

    /// The nodes inside from which a message can reach the join.
    fn leads(&self, join: usize, inside: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut leads = BTreeSet::new();
        let mut frontier = vec![join];
        while let Some(node) = frontier.pop() {
            let before = self.edges_to(node).map(|edge| edge.from);
            frontier.extend(before.filter(|from| inside.contains(from) && leads.insert(*from)));
        }
        leads
    }

    fn is_reached_from_outside(&self, node: usize, map: usize, inside: &BTreeSet<usize>) -> bool {
        let outside = |edge: &Edge| edge.from != map && !inside.contains(&edge.from);
        self.edges_to(node).any(outside) || self.edges_to(node).all(|edge| edge.is_back)
    }
}
