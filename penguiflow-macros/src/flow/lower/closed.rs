//! Which groups of branches are closed: nothing leads in or out between the place where they part
//! and the join where they meet, so that they are a piece of straight code.

use std::collections::{BTreeSet, HashSet};

use super::decision::{Decision, Fork, Group, Item};
use crate::flow::ast::Kind;
use crate::flow::graph::{Graph, Role};

/// How the branches of a group meet.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Closing {
    /// In the code that follows them.
    Closed,
    /// Likewise, but branches within are not: so they run in a space of their own.
    Space,
    /// In a cell, which what follows the join waits for.
    Open,
}

/// Looks at the groups of a flow, the inner ones first.
pub(crate) struct Closings<'a> {
    graph: &'a Graph,
    after: &'a [Decision<'a>],
    /// What is known of each group, by its number.
    known: Vec<Option<Closing>>,
    entries: HashSet<usize>,
}

impl<'a> Closings<'a> {
    pub(crate) fn new(graph: &'a Graph, after: &'a [Decision<'a>], groups: usize) -> Self {
        Self {
            graph,
            after,
            known: vec![None; groups],
            entries: graph.entries.iter().map(|entry| entry.node).collect(),
        }
    }

    /// How a group meets.
    pub(crate) fn of(&mut self, group: &Group<'_>) -> Closing {
        if let Some(known) = self.known[group.number] {
            return known;
        }
        // A loop may lead from a branch back to where the branches part: then the group is found
        // within itself, and is open.
        self.known[group.number] = Some(Closing::Open);
        let closing = self.look_at(group);
        self.known[group.number] = Some(closing);
        closing
    }

    /// Whether a fork is one closed group.
    pub(crate) fn is_closed(&mut self, fork: &Fork<'_>) -> bool {
        match fork.items.as_slice() {
            [Item::Group(group)] => self.of(group) != Closing::Open,
            _ => false,
        }
    }

    fn look_at(&mut self, group: &Group<'_>) -> Closing {
        let joining = self.graph.nodes[group.join].join();
        let bears = joining.is_some_and(|joining| joining.kind.bears());
        let inside = self.inside(group);
        let is_simple = self.is_simple(group, &inside);
        match (bears, is_simple) {
            (_, true) if self.is_sealed(group, &inside) => Closing::Closed,
            (true, _) => Closing::Space,
            (false, _) => Closing::Open,
        }
    }

    /// The nodes between where the branches part and where they meet.
    pub(crate) fn inside(&self, group: &Group<'_>) -> BTreeSet<usize> {
        let mut edges = Vec::new();
        let branches = group.branches.iter();
        branches.for_each(|(_, item)| item.edges(&mut edges));
        self.reached_by(&edges, group.join)
    }

    fn reached_by(&self, edges: &[usize], join: usize) -> BTreeSet<usize> {
        let mut inside = BTreeSet::new();
        let mut frontier: Vec<_> = edges.iter().map(|edge| self.graph.target(*edge)).collect();
        while let Some(node) = frontier.pop() {
            if node != join && inside.insert(node) {
                frontier.extend(self.graph.edges_from(node).map(|edge| edge.to));
            }
        }
        inside
    }

    /// Whether nothing leads in but the branches, and nothing out but to the join: each branch to
    /// an input of its own.
    fn is_sealed(&self, group: &Group<'_>, inside: &BTreeSet<usize>) -> bool {
        let mut own = Vec::new();
        let branches = group.branches.iter();
        branches.for_each(|(_, item)| item.edges(&mut own));
        let enters = |node: &usize| {
            let from_inside = self.graph.edges_to(*node);
            let from_inside = from_inside
                .filter(|edge| inside.contains(&edge.from))
                .count();
            let by_branches = own.iter().filter(|edge| self.graph.target(**edge) == *node);
            let all = self.graph.edges_to(*node).count() + usize::from(self.entries.contains(node));
            from_inside + by_branches.count() == all
        };
        let leads_on = |node: &usize| !self.graph.nodes[*node].ways.is_empty();
        inside.iter().all(|node| enters(node) && leads_on(node)) && self.are_apart(group)
    }

    /// Whether each input of the join is led to by one branch alone.
    fn are_apart(&self, group: &Group<'_>) -> bool {
        let mut slots = HashSet::new();
        group.branches.iter().all(|(slot, item)| {
            let mut edges = Vec::new();
            item.edges(&mut edges);
            let inside = self.reached_by(&edges, group.join);
            let mut led_to = self.graph.edges_to(group.join).filter(|edge| {
                inside.contains(&edge.from)
                    || edges.iter().any(|own| self.graph.is_edge(*own, edge))
            });
            slots.insert(*slot) && led_to.all(|edge| edge.slot == Some(*slot))
        })
    }

    /// Whether all forks within are closed, and no map lets its items go on by themselves.
    fn is_simple(&mut self, group: &Group<'_>, inside: &BTreeSet<usize>) -> bool {
        let after = self.after;
        let mut forks = Vec::new();
        for node in inside {
            after[*node].forks(&mut forks);
        }
        for (_, item) in &group.branches {
            item.forks(&mut forks);
            if let Item::Group(inner) = item
                && self.of(inner) != Closing::Closed
            {
                return false;
            }
        }
        let scatters = |node: &usize| match &self.graph.nodes[*node].role {
            Role::Join(joining) => joining.kind == Kind::Each,
            _ => false,
        };
        !inside.iter().any(scatters) && forks.iter().all(|fork| self.is_closed(fork))
    }
}
