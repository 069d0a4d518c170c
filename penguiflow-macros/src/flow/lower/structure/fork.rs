//! Forks: branches that meet, and branches of which each goes its own way.

use std::collections::BTreeSet;

use super::{Draft, Structure};
use crate::flow::lower::closed_groups::GroupKind;
use crate::flow::lower::code::{Branch, ClosedFork, CursorMove, End, OpenFork, Step};
use crate::flow::lower::decision::{Decision, FirstPlace, Fork, ForkWay, Group, Place, Sibling};
use crate::flow::lower::regions::{Start, Vertex};

impl<'f> Structure<'f, '_, '_> {
    pub(super) fn fork(
        &mut self,
        vertex: Vertex,
        from: Option<usize>,
        fork: &Fork<'f>,
    ) -> Draft<'f> {
        if let [Sibling::Group(group)] = fork.siblings.as_slice()
            && self.group_kinds.of(group) != GroupKind::Open
        {
            return self.closed(vertex, from, group, fork.first_place);
        }
        self.open(from, &fork.siblings, fork.first_place)
    }

    /// Branches of which each goes its own way.
    fn open(
        &mut self,
        from: Option<usize>,
        siblings: &[Sibling<'f>],
        first_place: Option<FirstPlace>,
    ) -> Draft<'f> {
        let mut open = OpenFork {
            branches: Vec::new(),
            joins: Vec::new(),
            from: from.map(|node| self.node_at(node)),
            may_fail: self.may_fail,
            first_place,
        };
        for sibling in siblings {
            self.sibling(from, sibling, 0, &mut open);
        }
        // In the order of the flow.
        let joins = &mut open.joins;
        joins.sort_by_key(|(join, _)| self.regions.position(join.node));
        Draft::ending(End::Fork(open))
    }

    /// What runs at the same time as others.
    fn sibling(
        &mut self,
        from: Option<usize>,
        sibling: &Sibling<'f>,
        slot: usize,
        open: &mut OpenFork<'f>,
    ) {
        match sibling {
            Sibling::Way(way) => {
                let vertex = self.regions.vertex(Start::Way(way.number));
                let body =
                    self.in_branch(None, false, |structure| structure.way(vertex, from, way));
                open.branches.push(Branch {
                    slot,
                    place: known_place(way),
                    body,
                    is_scoped: false,
                    may_fail: self.may_fail,
                });
            }
            Sibling::Group(group) if self.group_kinds.of(group) == GroupKind::Open => {
                for (slot, sibling) in &group.branches {
                    self.sibling(from, sibling, *slot, open);
                }
                let body = self.in_branch(None, false, |_| Draft::tree(group.end));
                open.joins.push((group.join, body));
            }
            Sibling::Group(group) => {
                let vertex = self.regions.vertex(Start::Group(group.number));
                let body = self.in_branch(None, false, |structure| {
                    structure.with_followers(vertex, |structure| {
                        structure.closed(vertex, from, group, None)
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

    fn way(&mut self, vertex: Vertex, from: Option<usize>, way: &ForkWay<'f>) -> Draft<'f> {
        let moving = match (&way.onward, way.place) {
            (_, Place::Counted(place)) => CursorMove::Counted(place),
            (Decision::One(_), Place::Known(_)) => CursorMove::Stay,
            (_, Place::Known(place)) => CursorMove::To(place),
        };
        self.with_followers(vertex, |structure| {
            structure.decide(vertex, from, &way.onward, moving)
        })
    }

    /// Branches up to where they meet, and what follows.
    fn closed(
        &mut self,
        vertex: Vertex,
        from: Option<usize>,
        group: &Group<'f>,
        first_place: Option<FirstPlace>,
    ) -> Draft<'f> {
        let may_fail = self.may_fail;
        let is_scoped = self.group_kinds.of(group) == GroupKind::Scoped
            || self.has_function(&self.group_kinds.inside(group));
        let terminal = (!is_scoped).then_some(group.end);
        let mut fork = ClosedFork {
            join: group.join,
            branches: Vec::new(),
            from: from.map(|node| self.node_at(node)),
            may_fail,
            first_place,
        };
        for (number, (slot, sibling)) in group.branches.iter().enumerate() {
            let begin = self.regions.vertex(Start::Branch(group.number, number));
            let body = self.in_branch(
                terminal,
                group.join.kind.tolerates_failures(),
                |structure| match sibling {
                    Sibling::Way(way) => structure.way(begin, from, way),
                    Sibling::Group(inner) if structure.group_kinds.of(inner) == GroupKind::Open => {
                        structure.with_followers(begin, |structure| {
                            structure.open(from, std::slice::from_ref(sibling), None)
                        })
                    }
                    Sibling::Group(inner) => structure.with_followers(begin, |structure| {
                        structure.closed(begin, from, inner, None)
                    }),
                },
            );
            let way = match sibling {
                Sibling::Way(way) => Some(way),
                Sibling::Group(_) => None,
            };
            fork.branches.push(Branch {
                slot: *slot,
                place: way.and_then(known_place),
                body,
                is_scoped,
                may_fail: may_fail || group.join.kind.tolerates_failures(),
            });
        }
        Step::Fork(fork).then(self.arrive(vertex, group.end))
    }

    /// Whether some of these nodes begin functions, whose code is elsewhere.
    pub(super) fn has_function(&self, nodes: &BTreeSet<usize>) -> bool {
        nodes
            .iter()
            .any(|node| self.regions.functions.contains(node))
    }
}

/// The place that a branch begins at, if it is known here.
fn known_place(way: &ForkWay<'_>) -> Option<u32> {
    match (&way.onward, way.place) {
        (Decision::One(_), Place::Known(place)) => Some(place),
        _ => None,
    }
}
