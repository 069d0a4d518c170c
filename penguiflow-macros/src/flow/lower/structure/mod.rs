//! From regions to structured code. A node that several arms lead to follows a block that they
//! break out of; the nodes that a loop leads out to follow the loop ("Beyond Relooper", Ramsey,
//! 2022).

mod fork;

use std::collections::BTreeSet;

use crate::flow::graph::{Graph, Role};
use crate::flow::join_kind::JoinKind;
use crate::flow::lower::closed_groups::GroupKinds;
use crate::flow::lower::code::{Along, Body, Code, CursorMove, End, Function, MapItems, Step};
use crate::flow::lower::decision::Decision;
use crate::flow::lower::flow::{Flow, Node};
use crate::flow::lower::followers::Followers;
use crate::flow::lower::regions::{Regions, Start, Vertex};

/// Makes code of a flow's regions.
pub(crate) struct Structure<'f, 'a, 'c> {
    graph: &'a Graph,
    flow: &'f Flow,
    after: &'a [Decision<'f>],
    group_kinds: &'c mut GroupKinds<'a>,
    regions: &'c Regions,
    followers: Followers,
    /// The join that the current branch leads to.
    terminal: Option<usize>,
    /// Whether a join around the current code goes on without it.
    may_fail: bool,
    /// The nodes on such branches.
    optional: BTreeSet<usize>,
}

impl<'f, 'a, 'c> Structure<'f, 'a, 'c> {
    pub(crate) fn new(
        graph: &'a Graph,
        flow: &'f Flow,
        after: &'a [Decision<'f>],
        group_kinds: &'c mut GroupKinds<'a>,
        regions: &'c Regions,
    ) -> Self {
        Self {
            graph,
            flow,
            after,
            group_kinds,
            regions,
            followers: Followers::of(graph, after, regions),
            terminal: None,
            may_fail: false,
            optional: graph.may_fail(),
        }
    }

    /// All of the flow.
    pub(crate) fn code(mut self, entry: &Decision<'f>) -> Code<'f> {
        let root = self.regions.vertex(Start::Root);
        let main = self.decide(root, None, entry, CursorMove::Stay);
        let main = self.whole(main);
        let each = self
            .graph
            .joins()
            .filter(|(_, join)| join.kind == JoinKind::Each);
        let mut nodes: Vec<_> = each.map(|(index, _)| index).collect();
        nodes.extend(self.regions.functions.iter().copied());
        nodes.sort_unstable();
        nodes.dedup();
        let functions = nodes.into_iter().map(|node| {
            self.may_fail = self.optional.contains(&node);
            Function {
                node: &self.flow.nodes[node],
                body: self.whole(Draft::tree(node)),
            }
        });
        let functions = functions.collect();
        Code { main, functions }
    }

    /// The body in a block for each of these nodes, whose code follows the block.
    fn followed(&mut self, body: Draft<'f>, followers: &[usize]) -> Draft<'f> {
        followers.iter().fold(body, |body, node| {
            let body = Box::new(self.whole(body));
            Step::Block(self.node_at(*node), body).then(Draft::tree(*node))
        })
    }

    /// Completes a piece of code with the nodes that its end leads to. No recursion: a flow may be
    /// long.
    fn whole(&mut self, draft: Draft<'f>) -> Body<'f> {
        let Draft {
            mut steps,
            mut tail,
        } = draft;
        loop {
            match tail {
                Tail::End(end) => return Body { steps, end },
                Tail::Tree(node) => {
                    let next = self.tree(node);
                    steps.extend(next.steps);
                    tail = next.tail;
                }
            }
        }
    }

    fn node_at(&self, node: usize) -> &'f Node {
        &self.flow.nodes[node]
    }

    /// A node, with the code that follows it.
    fn tree(&mut self, node: usize) -> Draft<'f> {
        let inside = self.followers.inside(node);
        let body = self.node(node);
        let body = self.followed(body, &inside);
        if !self.followers.loops.contains_key(&node) {
            return body;
        }
        let outside = self.followers.outside(node);
        let looped = Step::Loop(self.node_at(node), Box::new(self.whole(body)));
        self.followed(looped.then(Draft::ending(End::Never)), &outside)
    }

    fn node(&mut self, node: usize) -> Draft<'f> {
        let (graph, after) = (self.graph, self.after);
        let step = match &graph.nodes[node].role {
            Role::Join(_) => None,
            Role::Map(map) => return self.map(node, map.join),
            Role::Visit(_) => Some(Step::Visit(self.node_at(node))),
            Role::Await(_) => Some(Step::Park(self.node_at(node))),
        };
        let on = self.decide(node, Some(node), &after[node], CursorMove::To(0));
        match (step, graph.fallback(node)) {
            (None, _) => on,
            (Some(step), None) => step.then(on),
            (Some(step), Some(edge)) => {
                let failed = self.arrive(node, edge.to);
                let (on, failed) = (self.whole(on), self.whole(failed));
                let is_visit = matches!(step, Step::Visit(_));
                Draft::ending(End::Else {
                    node: self.node_at(node),
                    is_head: is_visit && self.followers.loops.contains_key(&node),
                    on: Box::new(on),
                    failed: Box::new(failed),
                })
            }
        }
    }

    fn map(&mut self, map: usize, end: usize) -> Draft<'f> {
        let (graph, after) = (self.graph, self.after);
        let end_node = self.node_at(end);
        let Some(join) = end_node.join() else {
            return Draft::ending(End::Never);
        };
        let items = self.regions.vertex(Start::Items(map));
        let may_fail = self.may_fail;
        let is_scoped = self.has_function(&graph.inside(map, end));
        let terminal = (!is_scoped).then_some(end);
        let body = self.in_branch(terminal, join.kind.tolerates_failures(), |structure| {
            structure.with_followers(items, |structure| {
                structure.decide(items, Some(map), &after[map], CursorMove::To(0))
            })
        });
        let step = Step::Map(MapItems {
            map: self.node_at(map),
            end: end_node,
            join,
            items: Box::new(body),
            repeats: graph.repeated_by_map(map),
            is_scoped,
            may_fail,
        });
        match join.kind {
            JoinKind::Each => step.then(Draft::ending(End::Nothing)),
            _ => step.then(self.arrive(map, end)),
        }
    }

    /// A branch that leads to this join.
    fn in_branch(
        &mut self,
        terminal: Option<usize>,
        tolerates_failures: bool,
        write: impl FnOnce(&mut Self) -> Draft<'f>,
    ) -> Body<'f> {
        let before = (self.terminal, self.may_fail);
        self.terminal = terminal;
        self.may_fail |= tolerates_failures;
        let draft = write(self);
        let body = self.whole(draft);
        (self.terminal, self.may_fail) = before;
        body
    }

    /// The beginning of a branch, with the nodes that several of its arms lead to.
    fn with_followers(
        &mut self,
        vertex: Vertex,
        write: impl FnOnce(&mut Self) -> Draft<'f>,
    ) -> Draft<'f> {
        let followers = self.followers.inside(vertex);
        let body = write(self);
        self.followed(body, &followers)
    }

    fn decide(
        &mut self,
        vertex: Vertex,
        from: Option<usize>,
        onward: &Decision<'f>,
        moving: CursorMove,
    ) -> Draft<'f> {
        match onward {
            Decision::Exit => Draft::ending(End::Output(self.node_at(from.unwrap_or_default()))),
            Decision::One(edge) => self.go(vertex, *edge, moving),
            Decision::Choice(span, arms) => {
                let arms = arms.iter().map(|(arm, onward)| {
                    let draft = self.decide(vertex, from, onward, moving);
                    (*arm, self.whole(draft))
                });
                let arms = arms.collect();
                Draft::ending(End::Choice {
                    node: self.node_at(from.unwrap_or_default()),
                    span: *span,
                    arms,
                })
            }
            Decision::Fork(fork) => self.fork(vertex, from, fork),
        }
    }

    /// Goes along an edge.
    fn go(&mut self, vertex: Vertex, index: usize, moving: CursorMove) -> Draft<'f> {
        let to = self.graph.target(index);
        let Some(edge) = self.flow.edges.get(index) else {
            let enter = Step::Enter(self.node_at(to), moving);
            return enter.then(self.arrive(vertex, to));
        };
        let along = |goes_round| {
            Step::Edge(Along {
                edge,
                moving,
                goes_round,
            })
        };
        if let Some(slot) = edge.slot {
            return along(edge.is_back()).then(Draft::ending(self.input(to, slot)));
        }
        let Some(fallback) = self.graph.taken_over_by(index) else {
            return along(edge.is_back()).then(self.arrive(vertex, to));
        };
        if self.regions.goes_round(vertex, to) {
            return Draft::ending(End::Again { edge, moving });
        }
        let on = along(false).then(self.arrive(vertex, to));
        let exhausted = self.arrive(vertex, fallback.to);
        let (on, exhausted) = (self.whole(on), self.whole(exhausted));
        Draft::ending(End::Round {
            edge,
            moving,
            on: Box::new(on),
            exhausted: Box::new(exhausted),
        })
    }

    /// Reaches an input of a join.
    fn input(&self, node: usize, slot: usize) -> End<'f> {
        match (self.terminal, self.node_at(node).join()) {
            _ if self.goes_on_at_once(node) => End::Detach(self.node_at(node)),
            (Some(terminal), _) if terminal == node => End::Yield,
            (_, Some(join)) => End::Fill { join, slot },
            (_, None) => End::Never,
        }
    }

    /// Whether items go on by themselves from this end of a map. From within functions they cannot:
    /// an item gives its place up only when none of its code runs in the map.
    fn goes_on_at_once(&self, end: usize) -> bool {
        let graph = self.graph;
        let joining = graph.nodes[end].join();
        let is_each = joining.is_some_and(|join| join.kind == JoinKind::Each);
        let ends_here = |map: &usize| match &graph.nodes[*map].role {
            Role::Map(mapping) => mapping.join == end,
            _ => false,
        };
        let mut maps = (0..graph.nodes.len()).filter(ends_here);
        is_each && !maps.any(|map| self.has_function(&graph.inside(map, end)))
    }

    /// Reaches a node with its input.
    fn arrive(&mut self, vertex: Vertex, node: usize) -> Draft<'f> {
        if self.regions.is_back(vertex, node)
            && self.regions.region(vertex) == self.regions.region(node)
        {
            return Draft::ending(End::Continue(self.node_at(node)));
        }
        if self.regions.functions.contains(&node) {
            return Draft::ending(End::Detach(self.node_at(node)));
        }
        match self.followers.has(node) {
            true => Draft::ending(End::Break(self.node_at(node))),
            false => Draft::tree(node),
        }
    }
}

/// A piece of code whose end may not be written yet.
struct Draft<'f> {
    steps: Vec<Step<'f>>,
    tail: Tail<'f>,
}

enum Tail<'f> {
    End(End<'f>),
    /// This node, and the code that follows it.
    Tree(usize),
}

impl<'f> Draft<'f> {
    fn ending(end: End<'f>) -> Self {
        Self::of(Tail::End(end))
    }

    fn tree(node: usize) -> Self {
        Self::of(Tail::Tree(node))
    }

    fn of(tail: Tail<'f>) -> Self {
        let steps = Vec::new();
        Self { steps, tail }
    }
}

impl<'f> Step<'f> {
    fn then(self, mut body: Draft<'f>) -> Draft<'f> {
        body.steps.insert(0, self);
        body
    }
}
