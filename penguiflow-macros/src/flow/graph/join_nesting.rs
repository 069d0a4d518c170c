//! Joins nest, and never overlap. A branch that a join may drop leads to that join alone, and a
//! join that opens on a branch is complete before the branch ends.

use std::collections::{BTreeMap, HashSet};

use super::bitset::BitSet;
use super::joins::is_first;
use super::{Graph, JoinFault, Route, Way};
use crate::flow::join_kind::JoinKind;

/// Where a join opens: the nodes whose ways part there, and the first nodes of its branches.
#[derive(Default)]
struct Opening {
    at: Vec<usize>,
    branches: Vec<usize>,
}

impl Graph {
    /// Finds joins that overlap. All joins have been opened before.
    pub(super) fn check_nesting(&mut self) {
        let indices: Vec<_> = self.joins().map(|(index, _)| index).collect();
        let openings = self.openings();
        let has_loops = self.edges.iter().any(|edge| edge.is_back);
        if has_loops {
            self.follow_loops(&indices, &openings);
        }
        let pending = self.pending_joins();
        for (number, index) in indices.iter().copied().enumerate() {
            let mut complete = pending[index].clone();
            complete.add(&BitSet::one(number));
            let begun = openings[number].at.iter();
            let begun: BitSet = begun.map(|node| pending[*node].clone()).collect();
            let across = begun.without(&complete).lowest();
            let across = across.map(|other| JoinFault::Crosses(indices[other]));
            let beside = has_loops.then(|| self.beside(index, &openings[number]));
            let fault = beside
                .flatten()
                .or_else(|| self.elsewhere(index))
                .or(across);
            let never =
                self.nodes[index].join().and_then(|join| join.fault) == Some(JoinFault::NeverFills);
            let from_behind = never.then(|| self.loop_into_branch(index)).flatten();
            if let Some(joining) = self.nodes[index].join_mut() {
                joining.fault = from_behind.or(joining.fault).or(fault);
            }
        }
    }

    /// The edge by which a loop leads from a join back to one of its branches, for a join that
    /// never fills. Where the depth-first walk came by the loop first, the back edge is the
    /// branch's own edge to the join.
    fn loop_into_branch(&self, index: usize) -> Option<JoinFault> {
        let mut frontier: Vec<_> = self.edges_to(index).filter(|edge| edge.is_back).collect();
        frontier.first()?;
        let behind = self.inside(index, index);
        let mut seen = HashSet::new();
        while let Some(edge) = frontier.pop() {
            let into = &self.nodes[edge.from].into;
            let is_behind = |edge: &usize| behind.contains(&self.edges[*edge].from);
            let (back, on): (Vec<usize>, Vec<usize>) = into.iter().copied().partition(is_behind);
            if let (Some(edge), false) = (back.first(), on.is_empty()) {
                return Some(JoinFault::EntersBranch(*edge, None));
            }
            if seen.insert(edge.from) {
                frontier.extend(back.into_iter().map(|edge| &self.edges[edge]));
            }
        }
        None
    }

    /// For each node, the joins that wait for its message or what becomes of it.
    fn pending_joins(&self) -> Vec<BitSet> {
        let mut pending = vec![BitSet::default(); self.nodes.len()];
        for (number, (_, joining)) in self.joins().enumerate() {
            for node in joining.leads.keys() {
                pending[*node].add(&BitSet::one(number));
            }
        }
        pending
    }

    /// For each node, how many branches and maps it is nested in.
    pub(in crate::flow) fn depths(&self) -> Vec<usize> {
        let mut depths = vec![0; self.nodes.len()];
        for (index, joining) in self.joins() {
            let inside = joining.map.map(|map| self.inside(map, index));
            let inside = inside.into_iter().flatten();
            for node in inside.chain(joining.leads.keys().copied()) {
                depths[node] += 1;
            }
        }
        depths
    }

    /// A node on a branch that the join may drop, which also leads elsewhere.
    fn elsewhere(&self, index: usize) -> Option<JoinFault> {
        let joining = self.nodes[index].join()?;
        let leads_on = |way: &Way| self.leads_only_to(index, &joining.leads, way);
        let elsewhere = |node: &&usize| !self.nodes[**node].ways.iter().all(leads_on);
        let mut branches = joining
            .leads
            .keys()
            .filter(|_| joining.kind != JoinKind::Join);
        branches
            .find(elsewhere)
            .map(|node| JoinFault::LeavesBranch(*node))
    }

    /// An edge onto a branch from a place where the join is not open, as a loop can have: its
    /// messages come to no other input.
    fn beside(&self, index: usize, opening: &Opening) -> Option<JoinFault> {
        let joining = self.nodes[index].join().filter(|join| join.map.is_none())?;
        let number = self.joins().position(|(other, _)| other == index)?;
        let on_branch = self.on_branches(index, opening);
        let led_to = joining.leads.keys().filter(|node| on_branch.contains(node));
        let into = led_to
            .chain([&index])
            .flat_map(|node| &self.nodes[*node].into);
        let is_beside = |edge: &&usize| {
            let from = self.edges[**edge].from;
            let mut edges = self.nodes[from].fallbacks.clone();
            not_opening(&self.nodes[from].ways, number, &mut edges);
            !joining.leads.contains_key(&from) && edges.contains(edge)
        };
        let edge = into.copied().find(|edge| is_beside(&edge))?;
        Some(JoinFault::EntersBranch(edge, opening.at.first().copied()))
    }

    /// Whether this way leads to the join alone, or round a loop before it.
    fn leads_only_to(&self, index: usize, leads: &BTreeMap<usize, BitSet>, way: &Way) -> bool {
        match &way.route {
            Route::Edge(edge) => {
                let to = self.edges[*edge].to;
                to == index || leads.contains_key(&to)
            }
            Route::Match(_, arms) => {
                let mut ways = arms.iter().flat_map(|arm| &arm.ways);
                ways.all(|way| self.leads_only_to(index, leads, way))
            }
        }
    }
}

impl Graph {
    /// Adds the nodes that lead to a join only round a loop on one of its branches.
    fn follow_loops(&mut self, indices: &[usize], openings: &[Opening]) {
        for (index, opening) in indices.iter().copied().zip(openings) {
            let on_branch = self.on_branches(index, opening);
            let Some(joining) = self.nodes[index].join_mut() else {
                continue;
            };
            let mut leads = std::mem::take(&mut joining.leads);
            self.lead_back(&on_branch, &mut leads);
            if let Some(joining) = self.nodes[index].join_mut() {
                joining.leads = leads;
            }
        }
    }

    /// The nodes between the place where a join opens and the join. An edge back to that place
    /// leads out of the branches. After another join, one message goes on: that of its first input.
    fn on_branches(&self, index: usize, opening: &Opening) -> HashSet<usize> {
        let mut on_branch = HashSet::new();
        let mut frontier = opening.branches.clone();
        while let Some(node) = frontier.pop() {
            let is_end = node == index || opening.at.contains(&node);
            if !is_end && on_branch.insert(node) {
                let onward = self.edges_from(node).filter(|edge| is_first(edge));
                frontier.extend(onward.map(|edge| edge.to));
            }
        }
        on_branch
    }

    /// Propagates each node's reachable join inputs to its predecessors on the same branch.
    fn lead_back(&self, on_branch: &HashSet<usize>, leads: &mut BTreeMap<usize, BitSet>) {
        let mut frontier: Vec<_> = leads.keys().copied().collect();
        while let Some(node) = frontier.pop() {
            let inputs = leads.get(&node).cloned().unwrap_or_default();
            let before = self.edges_to(node).map(|edge| edge.from);
            for from in before.filter(|from| on_branch.contains(from)) {
                let known = leads.entry(from).or_default();
                if known.common(&inputs) != inputs {
                    known.add(&inputs);
                    frontier.push(from);
                }
            }
        }
    }

    /// Where each join opens.
    fn openings(&self) -> Vec<Opening> {
        let mut openings: Vec<_> = self.joins().map(|_| Opening::default()).collect();
        for (node, parting) in self.nodes.iter().enumerate() {
            self.add_openings(node, &parting.ways, &[], &mut openings);
        }
        for entry in &self.entries {
            for (join, _) in &entry.opens {
                openings[*join].branches.push(entry.node);
            }
        }
        openings
    }

    /// Adds the joins that open on one of these ways, and those that were open before.
    fn add_openings(&self, node: usize, ways: &[Way], open: &[usize], openings: &mut [Opening]) {
        for way in ways {
            let opened = way.opens.iter().map(|(join, _)| *join);
            let open: Vec<_> = open.iter().copied().chain(opened).collect();
            match &way.route {
                Route::Edge(edge) => {
                    for join in open {
                        let opening = &mut openings[join];
                        opening.branches.push(self.edges[*edge].to);
                        if opening.at.last() != Some(&node) {
                            opening.at.push(node);
                        }
                    }
                }
                Route::Match(_, arms) => {
                    for arm in arms {
                        self.add_openings(node, &arm.ways, &open, openings);
                    }
                }
            }
        }
    }
}

/// The edges on which the join of this number does not open.
fn not_opening(ways: &[Way], join: usize, edges: &mut Vec<usize>) {
    let goes_on = |way: &&Way| !way.opens.iter().any(|(opened, _)| *opened == join);
    for way in ways.iter().filter(goes_on) {
        match &way.route {
            Route::Edge(edge) => edges.push(*edge),
            Route::Match(_, arms) => {
                arms.iter()
                    .for_each(|arm| not_opening(&arm.ways, join, edges));
            }
        }
    }
}
