//! From threads to straight code: a node that several arms lead to follows a block that they break
//! out of, and what a loop leads out to follows the loop ("Beyond Relooper", Ramsey, 2022).

use std::collections::BTreeSet;

use super::closed::{Closing, Closings};
use super::code::{Along, Body, Branch, ClosedFork, Code, End, Function, Moving, OpenFork, Step};
use super::decision::{Counts, Decision, Fork, Group, Item};
use super::followers::Followers;
use super::threads::{Owner, Start, Threads};
use crate::flow::ast::Kind;
use crate::flow::graph::{Graph, Role};

/// Writes the threads of a flow as code.
pub(crate) struct Structure<'a, 'c> {
    graph: &'a Graph,
    after: &'a [Decision<'a>],
    closings: &'c mut Closings<'a>,
    threads: &'c Threads,
    followers: Followers,
    /// The join that the branch which is written comes to.
    terminal: Option<usize>,
    /// Whether a join around what is written goes on without it.
    is_borne: bool,
    /// The nodes where that is so.
    borne: BTreeSet<usize>,
}

impl<'a, 'c> Structure<'a, 'c> {
    pub(crate) fn new(
        graph: &'a Graph,
        after: &'a [Decision<'a>],
        closings: &'c mut Closings<'a>,
        threads: &'c Threads,
    ) -> Self {
        Self {
            graph,
            after,
            closings,
            threads,
            followers: Followers::of(graph, after, threads),
            terminal: None,
            is_borne: false,
            borne: graph.borne(),
        }
    }

    /// All of the flow.
    pub(crate) fn code(mut self, entry: &Decision<'a>) -> Code<'a> {
        let root = self.threads.owner(Start::Root);
        let main = self.decide(root, None, entry, Moving::Stays);
        let main = self.whole(main);
        let each = self
            .graph
            .joins()
            .filter(|(_, join)| join.kind == Kind::Each);
        let mut nodes: Vec<_> = each.map(|(place, _)| place).collect();
        nodes.extend(self.threads.functions.iter().copied());
        nodes.sort_unstable();
        nodes.dedup();
        let functions = nodes.into_iter().map(|node| {
            self.is_borne = self.borne.contains(&node);
            Function {
                node,
                body: self.whole(Draft::tree(node)),
            }
        });
        let functions = functions.collect();
        Code { main, functions }
    }

    /// Code with a block around it for each of these nodes, and their code behind it.
    fn followed(&mut self, body: Draft<'a>, followers: &[usize]) -> Draft<'a> {
        followers.iter().fold(body, |body, node| {
            let body = Box::new(self.whole(body));
            Step::Block(*node, body).then(Draft::tree(*node))
        })
    }

    /// A piece of code with what it leads to at its end. No recursion: a flow may be long.
    fn whole(&mut self, draft: Draft<'a>) -> Body<'a> {
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

    /// A node, given its input, and what follows.
    fn tree(&mut self, node: usize) -> Draft<'a> {
        let inside = self.followers.inside(node);
        let body = self.node(node);
        let body = self.followed(body, &inside);
        if !self.followers.loops.contains_key(&node) {
            return body;
        }
        let outside = self.followers.outside(node);
        let looped = Step::Loop(node, Box::new(self.whole(body)));
        self.followed(looped.then(Draft::ending(End::Never)), &outside)
    }

    fn node(&mut self, node: usize) -> Draft<'a> {
        let (graph, after) = (self.graph, self.after);
        let step = match &graph.nodes[node].role {
            Role::Join(_) => None,
            Role::Map(map) => return self.map(node, map.join),
            Role::Visit { .. } => Some(Step::Visit(node)),
            Role::Await(_) => Some(Step::Park(node)),
        };
        let on = self.decide(node, Some(node), &after[node], Moving::To(0));
        match (step, graph.fallback(node)) {
            (None, _) => on,
            (Some(step), None) => step.then(on),
            (Some(step), Some(edge)) => {
                let failed = self.arrive(node, edge.to);
                let (on, failed) = (self.whole(on), self.whole(failed));
                let is_visited = matches!(step, Step::Visit(_));
                Draft::ending(End::Else {
                    node,
                    is_head: is_visited && self.followers.loops.contains_key(&node),
                    on: Box::new(on),
                    failed: Box::new(failed),
                })
            }
        }
    }

    fn map(&mut self, map: usize, end: usize) -> Draft<'a> {
        let (graph, after) = (self.graph, self.after);
        let kind = graph.nodes[end].join().map(|join| join.kind);
        let items = self.threads.owner(Start::Items(map));
        let is_borne = self.is_borne;
        let is_space = self.has_function(&graph.inside(map, end));
        let terminal = (!is_space).then_some(end);
        let body = self.in_branch(terminal, kind.is_some_and(Kind::bears), |structure| {
            structure.begun(items, |structure| {
                structure.decide(items, Some(map), &after[map], Moving::To(0))
            })
        });
        let step = Step::Map {
            map,
            join: end,
            items: Box::new(body),
            is_space,
            is_each: kind == Some(Kind::Each),
            is_borne,
        };
        match kind {
            Some(Kind::Each) => step.then(Draft::ending(End::Over)),
            _ => step.then(self.arrive(map, end)),
        }
    }

    /// A branch, which comes to this join.
    fn in_branch(
        &mut self,
        terminal: Option<usize>,
        bears: bool,
        write: impl FnOnce(&mut Self) -> Draft<'a>,
    ) -> Body<'a> {
        let before = (self.terminal, self.is_borne);
        self.terminal = terminal;
        self.is_borne |= bears;
        let draft = write(self);
        let body = self.whole(draft);
        (self.terminal, self.is_borne) = before;
        body
    }

    /// What follows where a branch begins, with what several of its arms lead to.
    fn begun(&mut self, owner: Owner, write: impl FnOnce(&mut Self) -> Draft<'a>) -> Draft<'a> {
        let followers = self.followers.inside(owner);
        let body = write(self);
        self.followed(body, &followers)
    }

    fn decide(
        &mut self,
        owner: Owner,
        from: Option<usize>,
        onward: &Decision<'a>,
        moving: Moving,
    ) -> Draft<'a> {
        match onward {
            Decision::Exit => Draft::ending(End::Output(from.unwrap_or_default())),
            Decision::One(edge) => self.go(owner, *edge, moving),
            Decision::Choice(span, arms) => {
                let arms = arms.iter().map(|(arm, onward)| {
                    let draft = self.decide(owner, from, onward, moving);
                    (*arm, self.whole(draft))
                });
                let arms = arms.collect();
                Draft::ending(End::Choice {
                    node: from.unwrap_or_default(),
                    span: *span,
                    arms,
                })
            }
            Decision::Fork(fork) => self.fork(owner, from, fork),
        }
    }

    /// Goes along an edge.
    fn go(&mut self, owner: Owner, edge: usize, moving: Moving) -> Draft<'a> {
        let is_hop = self.graph.is_hop(edge);
        let along = |goes_round| {
            Step::Edge(Along {
                edge,
                moving,
                goes_round,
            })
        };
        let to = self.graph.target(edge);
        if let Some(slot) = self.graph.slot(edge) {
            return along(is_hop).then(Draft::ending(self.input(to, slot)));
        }
        let Some(fallback) = self.graph.taken_over_by(edge) else {
            return along(is_hop).then(self.arrive(owner, to));
        };
        if self.threads.goes_round(owner, to) {
            return Draft::ending(End::Again { edge, moving });
        }
        let on = along(false).then(self.arrive(owner, to));
        let exhausted = self.arrive(owner, fallback.to);
        let (on, exhausted) = (self.whole(on), self.whole(exhausted));
        Draft::ending(End::Round {
            edge,
            moving,
            on: Box::new(on),
            exhausted: Box::new(exhausted),
        })
    }

    /// Comes to an input of a join.
    fn input(&self, join: usize, slot: usize) -> End<'a> {
        match self.terminal {
            _ if self.goes_on_at_once(join) => End::Detach(join),
            Some(terminal) if terminal == join => End::Yield,
            _ => End::Feed { join, slot },
        }
    }

    /// Whether items go on by themselves from where they come to this end of a map. From within
    /// functions they cannot: a place is free when nothing of an item runs in the map.
    fn goes_on_at_once(&self, end: usize) -> bool {
        let graph = self.graph;
        let joining = graph.nodes[end].join();
        let is_each = joining.is_some_and(|join| join.kind == Kind::Each);
        let ends_here = |map: &usize| match &graph.nodes[*map].role {
            Role::Map(mapping) => mapping.join == end,
            _ => false,
        };
        let mut maps = (0..graph.nodes.len()).filter(ends_here);
        is_each && !maps.any(|map| self.has_function(&graph.inside(map, end)))
    }

    /// Comes to a node, with its input.
    fn arrive(&mut self, owner: Owner, node: usize) -> Draft<'a> {
        if self.threads.is_back(owner, node)
            && self.threads.thread(owner) == self.threads.thread(node)
        {
            return Draft::ending(End::Continue(node));
        }
        if self.threads.functions.contains(&node) {
            return Draft::ending(End::Detach(node));
        }
        match self.followers.has(node) {
            true => Draft::ending(End::Break(node)),
            false => Draft::tree(node),
        }
    }

    fn fork(&mut self, owner: Owner, from: Option<usize>, fork: &Fork<'a>) -> Draft<'a> {
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

    fn way(
        &mut self,
        owner: Owner,
        from: Option<usize>,
        way: &super::decision::ForkWay<'a>,
    ) -> Draft<'a> {
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
    fn has_function(&self, nodes: &BTreeSet<usize>) -> bool {
        nodes
            .iter()
            .any(|node| self.threads.functions.contains(node))
    }

    fn open_group(&mut self, from: Option<usize>, item: &Item<'a>) -> Draft<'a> {
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
fn set_out(way: &super::decision::ForkWay<'_>) -> Option<u32> {
    match way.onward {
        Decision::One(_) => way.place,
        _ => None,
    }
}

/// A piece of code whose end may not be written yet.
struct Draft<'a> {
    steps: Vec<Step<'a>>,
    tail: Tail<'a>,
}

enum Tail<'a> {
    End(End<'a>),
    /// This node, and what follows it.
    Tree(usize),
}

impl<'a> Draft<'a> {
    fn ending(end: End<'a>) -> Self {
        Self::of(Tail::End(end))
    }

    fn tree(node: usize) -> Self {
        Self::of(Tail::Tree(node))
    }

    fn of(tail: Tail<'a>) -> Self {
        let steps = Vec::new();
        Self { steps, tail }
    }
}

impl<'a> Step<'a> {
    fn then(self, mut body: Draft<'a>) -> Draft<'a> {
        body.steps.insert(0, self);
        body
    }
}
