//! Edges from where stages end to where the next ones begin.

use std::collections::HashSet;

use proc_macro2::Span;

use super::pattern_text::pattern_text;
use super::{Arm, Choice, Edge, Graph, Role, Route, Unjoined, Way};
use crate::flow::ast::Pattern;
use crate::flow::join_kind::JoinKind;

/// Where a stage begins.
pub(super) enum Head {
    Node(usize, Span),
    Match(Span, Vec<ArmHead>),
    /// `_`, which leads to this input of a join.
    Input {
        join: usize,
        slot: usize,
        span: Span,
    },
}

impl Graph {
    /// Where the user wrote what a stage begins with, if the user did.
    pub(super) fn span_of_users(&self, head: &Head) -> Option<Span> {
        match head {
            Head::Node(node, span) => self.nodes[*node].is_visit().then_some(*span),
            Head::Match(span, _) | Head::Input { span, .. } => Some(*span),
        }
    }
}

pub(super) struct ArmHead {
    pub(super) pattern: Pattern,
    pub(super) heads: Vec<Head>,
}

/// Where a stage ends: this node, and where it is named.
#[derive(Clone, Copy)]
pub(super) struct End(pub(super) usize, pub(super) Span);

/// A stage, or a chain of them: where it begins, and where each of its branches ends.
#[derive(Default)]
pub(super) struct Fragment {
    pub(super) heads: Vec<Head>,
    pub(super) ends: Vec<Vec<End>>,
}

impl Fragment {
    /// A stage of one node, named between these spans.
    pub(super) fn of(node: usize, first: Span, last: Span) -> Self {
        Self {
            heads: vec![Head::Node(node, first)],
            ends: vec![vec![End(node, last)]],
        }
    }
}

impl End {
    /// A stage that ends here, and whose beginning is connected already.
    pub(super) fn into_fragment(self) -> Fragment {
        Fragment {
            heads: Vec::new(),
            ends: vec![vec![self]],
        }
    }
}

impl Way {
    pub(super) fn by(route: Route) -> Self {
        let opens = Vec::new();
        Self { route, opens }
    }

    pub(super) fn along(edge: usize) -> Self {
        Self::by(Route::Edge(edge))
    }
}

impl Graph {
    pub(super) fn connect_all(&mut self, ends: &[Vec<End>], heads: &[Head]) {
        for end in merged(ends.to_vec()) {
            for head in heads {
                let route = self.connect(end, head, None);
                self.nodes[end.0].ways.push(Way::by(route));
            }
        }
    }

    /// Records where a node follows several branches, or a map, without a join.
    pub(super) fn find_unjoined(&mut self, ends: &[Vec<End>], heads: &[Head]) {
        let first: Option<Vec<End>> = ends.iter().map(|ends| ends.first().copied()).collect();
        let (Some(mut ends), [Head::Node(node, last)]) = (first, heads) else {
            return;
        };
        let spans = match ends.first() {
            Some(end) => (end.1, *last),
            None => return,
        };
        let is_each = |end: &End| {
            self.nodes[end.0]
                .join()
                .filter(|join| join.kind == JoinKind::Each)
        };
        let each = ends.first().and_then(is_each);
        let is_map = each.is_some();
        if let Some(each) = each {
            ends = each.slots[0]
                .iter()
                .map(|node| End(*node, spans.0))
                .collect();
        }
        let ends: Vec<_> = ends.iter().map(|end| end.0).collect();
        if (is_map || ends.len() > 1) && ends.iter().all(|end| self.nodes[*end].is_visit()) {
            self.unjoined.push(Unjoined {
                node: *node,
                ends,
                is_map,
                spans,
            });
        }
    }

    fn connect(&mut self, end: End, head: &Head, choice: Option<&Choice>) -> Route {
        match head {
            Head::Node(to, span) => {
                // Errors about an arm are shown at the arm alone: the node before the `match` may
                // be far away. The same holds for the first node of a map.
                let is_inside = matches!(self.nodes[end.0].role, Role::Map(_));
                let is_close = choice.is_none() && !is_inside;
                let first = if is_close { end.1 } else { *span };
                let edge = self.edge(end.0, *to, (first, *span));
                self.edges[edge].choice = choice.cloned();
                Route::Edge(edge)
            }
            Head::Input { join, slot, span } => {
                let edge = self.input(end.0, *join, *slot, (*span, *span));
                self.edges[edge].choice = choice.cloned();
                self.nodes[end.0].hands_on.get_or_insert(*span);
                Route::Edge(edge)
            }
            Head::Match(span, arms) => {
                let of = self.matches;
                self.matches += 1;
                let arms = arms.iter().enumerate();
                let arms = arms.map(|(arm, head)| {
                    let mut arms = choice.map_or(Vec::new(), |outer| outer.arms.clone());
                    arms.push((of, arm));
                    self.connect_arm(end, head, arms)
                });
                Route::Match(*span, arms.collect())
            }
        }
    }

    /// Adds a plain edge, and returns its index.
    pub(super) fn edge(&mut self, from: usize, to: usize, spans: (Span, Span)) -> usize {
        self.edges.push(Edge {
            from,
            to,
            spans,
            slot: None,
            choice: None,
            is_back: false,
            is_fallback: false,
        });
        let edge = self.edges.len() - 1;
        self.nodes[from].out.push(edge);
        self.nodes[to].into.push(edge);
        edge
    }

    /// Adds an edge to an input of a join.
    pub(super) fn input(
        &mut self,
        from: usize,
        join: usize,
        slot: usize,
        spans: (Span, Span),
    ) -> usize {
        let edge = self.edge(from, join, spans);
        self.edges[edge].slot = Some(slot);
        if let Some(joining) = self.nodes[join].join_mut() {
            joining.slots[slot].push(from);
        }
        edge
    }

    fn connect_arm(&mut self, end: End, arm: &ArmHead, arms: Vec<(usize, usize)>) -> Arm {
        let label = pattern_text(&arm.pattern);
        let choice = Choice { arms, label };
        let routes: Vec<_> = arm
            .heads
            .iter()
            .map(|head| self.connect(end, head, Some(&choice)))
            .collect();
        Arm {
            pattern: arm.pattern.clone(),
            ways: routes.into_iter().map(Way::by).collect(),
        }
    }
}

/// The ends of several branches in one list, each node once.
pub(super) fn merged(branches: Vec<Vec<End>>) -> Vec<End> {
    let mut known = HashSet::new();
    let ends = branches.into_iter().flatten();
    ends.filter(|end| known.insert(end.0)).collect()
}
