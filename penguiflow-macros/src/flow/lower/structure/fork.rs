//! Forks: branches that meet, and branches of which each goes its own way.

use std::collections::BTreeSet;

use super::{Draft, Structure};
use crate::flow::lower::closed_groups::Closing;
use crate::flow::lower::code::{Branch, ClosedFork, End, Moving, OpenFork, Step};
use crate::flow::lower::decision::{Counts, Decision, Fork, ForkWay, Group, Item};
use crate::flow::lower::threads::{Owner, Start};

impl<'f> Structure<'f, '_, '_> {
    pub(super) fn fork(&mut self, owner: Owner, from: Option<usize>, fork: &Fork<'f>) -> Draft<'f> {
        if let [Item::Group(group)] = fork.items.as_slice()
            && self.closings.of(group) != Closing::Open
        {
            return self.closed(owner, from, group, fork.counts);
        }
        let mut open = OpenFork {
            branches: Vec::new(),
            joins: Vec::new(),
            from: from.map(|node| self.node_at(node)),
            may_fail: self.may_fail,
            counts: fork.counts,
        };
        for item in &fork.items {
            self.beside(from, item, 0, &mut open);
        }
        Draft::ending(End::Scatter(self.sorted(open)))
    }

    /// What runs beside others.
    fn beside(
        &mut self,
        from: Option<usize>,
        item: &Item<'f>,
        slot: usize,
        open: &mut OpenFork<'f>,
    ) {
        match item {
            Item::Way(way) => {
                let owner = self.threads.owner(Start::Way(way.number));
                let body = self.in_branch(None, false, |structure| structure.way(owner, from, way));
                open.branches.push(Branch {
                    slot,
                    place: set_out(way),
                    body,
                    is_scoped: false,
                    may_fail: self.may_fail,
                });
            }
            Item::Group(group) if self.closings.of(group) == Closing::Open => {
                for (slot, item) in &group.branches {
                    self.beside(from, item, *slot, open);
                }
                let body = self.in_branch(None, false, |_| Draft::tree(group.end));
                open.joins.push((group.join, body));
            }
            Item::Group(group) => {
                let owner = self.threads.owner(Start::Group(group.number));
                let body = self.in_branch(None, false, |structure| {
                    structure.begun(owner, |structure| {
                        structure.closed(owner, from, group, None)
                    })
                });
                open.branches.push(Branch {
                    slot,
                    place: None,
                    body,
                    is_scoped: false,
                    may_fail: self.may_fail,
                });
            }
        }
    }

    fn way(&mut self, owner: Owner, from: Option<usize>, way: &ForkWay<'f>) -> Draft<'f> {
        let moving = match (&way.onward, way.place) {
            (_, None) => Moving::Next,
            (Decision::One(_), Some(_)) => Moving::Stays,
            (_, Some(place)) => Moving::To(place),
        };
        self.begun(owner, |structure| {
            structure.decide(owner, from, &way.onward, moving)
        })
    }

    /// Branches up to where they meet, and what follows.
    fn closed(
        &mut self,
        owner: Owner,
        from: Option<usize>,
        group: &Group<'f>,
        counts: Option<Counts>,
    ) -> Draft<'f> {
        let may_fail = self.may_fail;
        let is_scoped = self.closings.of(group) == Closing::Space
            || self.has_function(&self.closings.inside(group));
        let terminal = (!is_scoped).then_some(group.end);
        let mut fork = ClosedFork {
            join: group.join,
            branches: Vec::new(),
            from: from.map(|node| self.node_at(node)),
            may_fail,
            counts,
        };
        for (number, (slot, item)) in group.branches.iter().enumerate() {
            let begin = self.threads.owner(Start::Branch(group.number, number));
            let body = self.in_branch(
                terminal,
                group.join.kind.tolerates_failures(),
                |structure| match item {
                    Item::Way(way) => structure.way(begin, from, way),
                    Item::Group(inner) if structure.closings.of(inner) == Closing::Open => {
                        structure.begun(begin, |structure| structure.open_group(from, item))
                    }
                    Item::Group(inner) => structure.begun(begin, |structure| {
                        structure.closed(begin, from, inner, None)
                    }),
                },
            );
            let way = match item {
                Item::Way(way) => Some(way),
                Item::Group(_) => None,
            };
            fork.branches.push(Branch {
                slot: *slot,
                place: way.and_then(set_out),
                body,
                is_scoped,
                may_fail: may_fail || group.join.kind.tolerates_failures(),
            });
        }
        Step::Fork(fork).then(self.arrive(owner, group.end))
    }

    /// Whether some of these nodes are functions: what they come to is no part of the code here.
    pub(super) fn has_function(&self, nodes: &BTreeSet<usize>) -> bool {
        nodes
            .iter()
            .any(|node| self.threads.functions.contains(node))
    }

    /// The join that comes last in the flow's order comes last here.
    fn sorted(&self, mut open: OpenFork<'f>) -> OpenFork<'f> {
        let joins = &mut open.joins;
        joins.sort_by_key(|(join, _)| self.threads.place(join.node));
        open
    }

    pub(super) fn open_group(&mut self, from: Option<usize>, item: &Item<'f>) -> Draft<'f> {
        let mut open = OpenFork {
            branches: Vec::new(),
            joins: Vec::new(),
            from: from.map(|node| self.node_at(node)),
            may_fail: self.may_fail,
            counts: None,
        };
        self.beside(from, item, 0, &mut open);
        Draft::ending(End::Scatter(self.sorted(open)))
    }
}

/// The place that a branch sets out at, if that is known there.
fn set_out(way: &ForkWay<'_>) -> Option<u32> {
    match way.onward {
        Decision::One(_) => way.place,
        _ => None,
    }
}
