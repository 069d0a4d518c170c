//! What joins must not do to each other: a branch that one of them waits for, and may drop, is
//! nobody else's; and one that begins to wait on such a branch is met on it, too.

use std::collections::{BTreeMap, HashSet};

use super::numbers::Numbers;
use super::{Graph, Route, Unmet, Way};
use crate::flow::ast::Kind;

/// Where each join begins to wait: the nodes whose ways part there, and the first nodes of its
/// branches.
#[derive(Default)]
struct Beginning {
    at: Vec<usize>,
    branches: Vec<usize>,
}

impl Graph {
    /// Finds joins that cross others, once it is known what leads to which.
    pub(super) fn find_crossings(&mut self) {
        let places: Vec<_> = self.joins().map(|(place, _)| place).collect();
        let beginnings = self.beginnings();
        if self.edges.iter().any(|edge| edge.is_hop) {
            self.follow_loops(&places, &beginnings);
        }
        let waiting = self.waiting();
        for (number, place) in places.iter().copied().enumerate() {
            let mut met = waiting[place].clone();
            met.add(&Numbers::one(number));
            let begun = beginnings[number].at.iter();
            let begun: Numbers = begun.map(|node| waiting[*node].clone()).collect();
            let across = begun.without(&met).lowest();
            let across = across.map(|other| Unmet::Across(places[other]));
            let fault = self.elsewhere(place).or(across);
            if let Some(joining) = self.nodes[place].join_mut() {
                joining.fault = joining.fault.or(fault);
            }
        }
    }

    /// For each node, the joins that wait for what a message of it becomes.
    fn waiting(&self) -> Vec<Numbers> {
        let mut waiting = vec![Numbers::default(); self.nodes.len()];
        for (number, (_, joining)) in self.joins().enumerate() {
            for node in joining.leads.keys() {
                waiting[*node].add(&Numbers::one(number));
            }
        }
        waiting
    }

    /// A node on a branch that the join may drop, which leads elsewhere, too.
    fn elsewhere(&self, place: usize) -> Option<Unmet> {
        let joining = self.nodes[place].join()?;
        let leads_on = |way: &Way| self.leads_only_to(place, &joining.leads, way);
        let elsewhere = |node: &&usize| !self.nodes[**node].ways.iter().all(leads_on);
        let mut branches = joining.leads.keys().filter(|_| joining.kind != Kind::Join);
        branches.find(elsewhere).map(|node| Unmet::Elsewhere(*node))
    }

    /// Whether all that goes this way comes to the join, or round a loop before it.
    fn leads_only_to(&self, place: usize, leads: &BTreeMap<usize, Numbers>, way: &Way) -> bool {
        match &way.route {
            Route::Edge(edge) => {
                let to = self.edges[*edge].to;
                to == place || leads.contains_key(&to)
            }
            Route::Match(_, arms) => {
                let mut ways = arms.iter().flat_map(|arm| &arm.ways);
                ways.all(|way| self.leads_only_to(place, leads, way))
            }
        }
    }
}

impl Graph {
    /// Finds what leads to a join round a loop that stands on one of its branches.
    fn follow_loops(&mut self, places: &[usize], beginnings: &[Beginning]) {
        for (place, beginning) in places.iter().copied().zip(beginnings) {
            let on_branch = self.on_branches(place, beginning);
            let Some(joining) = self.nodes[place].join_mut() else {
                continue;
            };
            let mut leads = std::mem::take(&mut joining.leads);
            self.lead_back(&on_branch, &mut leads);
            if let Some(joining) = self.nodes[place].join_mut() {
                joining.leads = leads;
            }
        }
    }

    /// The nodes behind the place where a join begins to wait, up to the join. What leads back to
    /// that place leads out of the branches.
    fn on_branches(&self, place: usize, beginning: &Beginning) -> HashSet<usize> {
        let mut on_branch = HashSet::new();
        let mut frontier = beginning.branches.clone();
        while let Some(node) = frontier.pop() {
            let is_end = node == place || beginning.at.contains(&node);
            if !is_end && on_branch.insert(node) {
                frontier.extend(self.edges_from(node).map(|edge| edge.to));
            }
        }
        on_branch
    }

    /// What a node on a branch leads to, all that lead to it there lead to, too.
    fn lead_back(&self, on_branch: &HashSet<usize>, leads: &mut BTreeMap<usize, Numbers>) {
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

    /// Where each join begins to wait.
    fn beginnings(&self) -> Vec<Beginning> {
        let mut beginnings: Vec<_> = self.joins().map(|_| Beginning::default()).collect();
        for (node, parting) in self.nodes.iter().enumerate() {
            self.begin(node, &parting.ways, &[], &mut beginnings);
        }
        for entry in &self.entries {
            for (join, _) in &entry.opens {
                beginnings[*join].branches.push(entry.node);
            }
        }
        beginnings
    }

    /// Adds the joins that begin to wait by one of these ways, and those that began before.
    fn begin(&self, node: usize, ways: &[Way], open: &[usize], beginnings: &mut [Beginning]) {
        for way in ways {
            let opened = way.opens.iter().map(|(join, _)| *join);
            let open: Vec<_> = open.iter().copied().chain(opened).collect();
            match &way.route {
                Route::Edge(edge) => {
                    for join in open {
                        let beginning = &mut beginnings[join];
                        beginning.branches.push(self.edges[*edge].to);
                        if beginning.at.last() != Some(&node) {
                            beginning.at.push(node);
                        }
                    }
                }
                Route::Match(_, arms) => {
                    for arm in arms {
                        self.begin(node, &arm.ways, &open, beginnings);
                    }
                }
            }
        }
    }
}
