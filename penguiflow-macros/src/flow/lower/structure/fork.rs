//! Forks: branches that meet, and branches of which each goes its own way.

use std::collections::BTreeSet;

use super::{Draft, Structure};
use crate::flow::ast::Kind;
use crate::flow::lower::closed::Closing;
use crate::flow::lower::code::{Branch, ClosedFork, End, Moving, OpenFork, Step};
use crate::flow::lower::decision::{Counts, Decision, Fork, ForkWay, Group, Item, Place};
use crate::flow::lower::threads::{Owner, Start};

impl<'a> Structure<'a, '_> {
    pub(super) fn fork(&mut self, owner: Owner, from: Option<usize>, fork: &Fork<'a>) -> Draft<'a> {
        if let [Item::Group(group)] = fork.items.as_slice()
            && self.closings.of(group) != Closing::Open
        {
            return self.closed(owner, from, group, fork.counts);
        }
        let mut open = OpenFork {
            branches: Vec::new(),
            joins: Vec::new(),
            from,
            is_borne: self.is_borne,
            counts: fork.counts,
        };
        for item in &fork.items {
            self.beside(from, item, 0, &mut open);
        }
        open.joins
            .sort_by_key(|(join, _)| self.threads.place(*join));
        Draft::ending(End::Scatter(open))
    }

    /// What runs beside others.
    fn beside(
        &mut self,
        from: Option<usize>,
        item: &Item<'a>,
        slot: usize,
        open: &mut OpenFork<'a>,
    ) {
        match item {
            Item::Way(way) => {
                let owner = self.threads.owner(Start::Way(way.number));
                let body = self.in_branch(None, false, |structure| structure.way(owner, from, way));
                open.branches.push(Branch {
                    slot,
                    place: set_out(way),
                    body,
                    is_space: false,
                    is_borne: self.is_borne,
                });
            }
            Item::Group(group) if self.closings.of(group) == Closing::Open => {
                for (slot, item) in &group.branches {
                    self.beside(from, item, *slot, open);
                }
                let body = self.in_branch(None, false, |_| Draft::tree(group.join));
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
                    is_space: false,
                    is_borne: self.is_borne,
                });
            }
        }
    }

    fn way(&mut self, owner: Owner, from: Option<usize>, way: &ForkWay<'a>) -> Draft<'a> {
        let moving = match (&way.onward, way.place) {
            (_, Place::Counted(place)) => Moving::Counted(place),
            (Decision::One(_), Place::Known(_)) => Moving::Stays,
            (_, Place::Known(place)) => Moving::To(place),
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
        group: &Group<'a>,
        counts: Option<Counts>,
    ) -> Draft<'a> {
        let is_borne = self.is_borne;
        let is_space = self.closings.of(group) == Closing::Space
            || self.has_function(&self.closings.inside(group));
        let kind = self.graph.nodes[group.join].join().map(|join| join.kind);
        let terminal = (!is_space).then_some(group.join);
        let mut fork = ClosedFork {
            join: group.join,
            branches: Vec::new(),
            from,
            is_borne,
            counts,
        };
        for (number, (slot, item)) in group.branches.iter().enumerate() {
            let begin = self.threads.owner(Start::Branch(group.number, number));
            let body =
                self.in_branch(
                    terminal,
                    kind.is_some_and(Kind::bears),
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
                is_space,
                is_borne: is_borne || kind.is_some_and(Kind::bears),
            });
        }
        Step::Fork(fork).then(self.arrive(owner, group.join))
    }

    /// Whether some of these nodes are functions: what they come to is no part of the code here.
    pub(super) fn has_function(&self, nodes: &BTreeSet<usize>) -> bool {
        nodes
            .iter()
            .any(|node| self.threads.functions.contains(node))
    }

    pub(super) fn open_group(&mut self, from: Option<usize>, item: &Item<'a>) -> Draft<'a> {
        let mut open = OpenFork {
            branches: Vec::new(),
            joins: Vec::new(),
            from,
            is_borne: self.is_borne,
            counts: None,
        };
        self.beside(from, item, 0, &mut open);
        open.joins
            .sort_by_key(|(join, _)| self.threads.place(*join));
        Draft::ending(End::Scatter(open))
    }
}

/// The place that a branch sets out at, if that is known there.
fn set_out(way: &ForkWay<'_>) -> Option<u32> {
    match (&way.onward, way.place) {
        (Decision::One(_), Place::Known(place)) => Some(place),
        _ => None,
    }
}
