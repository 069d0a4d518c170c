//! Which groups of branches are closed: no other edge leads in or out between the fork and the
//! join, so that they are one piece of straight code.

use std::collections::{BTreeSet, HashSet};

use super::decision::{Decision, Fork, Group, Sibling};
use crate::flow::graph::{Graph, Role};
use crate::flow::join_kind::JoinKind;

/// How the branches of a group meet.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum GroupKind {
    /// In the code after them.
    Closed,
    /// In the code after them, but forks within are open: each branch runs in a scope of its own.
    Scoped,
    /// In a cell that the code after the join waits for.
    Open,
}

/// The kinds of a flow's groups, computed on demand.
pub(crate) struct GroupKinds<'a> {
    graph: &'a Graph,
    after: &'a [Decision<'a>],
    /// The kind of each group, by number, once it is known.
    known: Vec<Option<GroupKind>>,
    entries: HashSet<usize>,
}

impl<'a> GroupKinds<'a> {
    pub(crate) fn new(graph: &'a Graph, after: &'a [Decision<'a>], groups: usize) -> Self {
        Self {
            graph,
            after,
            known: vec![None; groups],
            entries: graph.entries.iter().map(|entry| entry.node).collect(),
        }
    }

    /// How a group meets.
    pub(crate) fn of(&mut self, group: &Group<'_>) -> GroupKind {
        if let Some(known) = self.known[group.number] {
            return known;
        }
        // A loop may lead from a branch back to where the branches begin: then the group is found
        // within itself, and is open.
        self.known[group.number] = Some(GroupKind::Open);
        let kind = self.look_at(group);
        self.known[group.number] = Some(kind);
        kind
    }

    /// Whether a fork is one closed group.
    pub(crate) fn is_closed(&mut self, fork: &Fork<'_>) -> bool {
        match fork.siblings.as_slice() {
            [Sibling::Group(group)] => self.of(group) != GroupKind::Open,
            _ => false,
        }
    }

    fn look_at(&mut self, group: &Group<'_>) -> GroupKind {
        let inside = self.inside(group);
        let is_simple = self.is_simple(group, &inside);
        match (group.join.kind.tolerates_failures(), is_simple) {
            (_, true) if self.is_sealed(group, &inside) => GroupKind::Closed,
            (true, _) => GroupKind::Scoped,
            (false, _) => GroupKind::Open,
        }
    }

    /// The nodes between the fork and the join.
    pub(crate) fn inside(&self, group: &Group<'_>) -> BTreeSet<usize> {
        let mut edges = Vec::new();
        let branches = group.branches.iter();
        branches.for_each(|(_, sibling)| sibling.edges(&mut edges));
        self.reached_by(&edges, group.end)
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

    /// Whether only the branches lead in, and only to the join, each to an input of its own.
    fn is_sealed(&self, group: &Group<'_>, inside: &BTreeSet<usize>) -> bool {
        let mut own = Vec::new();
        let branches = group.branches.iter();
        branches.for_each(|(_, sibling)| sibling.edges(&mut own));
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
        group.branches.iter().all(|(slot, sibling)| {
            let mut edges = Vec::new();
            sibling.edges(&mut edges);
            let inside = self.reached_by(&edges, group.end);
            let mut led_to = self.graph.edges_to(group.end).filter(|edge| {
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
        for (_, sibling) in &group.branches {
            sibling.forks(&mut forks);
            if let Sibling::Group(inner) = sibling
                && self.of(inner) != GroupKind::Closed
            {
                return false;
            }
        }
        let items_go_on = |node: &usize| match &self.graph.nodes[*node].role {
            Role::Join(joining) => joining.kind == JoinKind::Each,
            _ => false,
        };
        !inside.iter().any(items_go_on) && forks.iter().all(|fork| self.is_closed(fork))
    }
}
