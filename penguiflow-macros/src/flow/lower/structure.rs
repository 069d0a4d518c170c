//! From threads to straight code: a node that several arms lead to follows a block that they break
//! out of, and what a loop leads out to follows the loop ("Beyond Relooper", Ramsey, 2022).

use std::collections::{BTreeSet, HashMap, HashSet};

use super::closed::{Closing, Closings};
use super::code::{
    Along, Body, Branch, ClosedFork, Code, End, Function, Moving, OpenFork, Step,
};
use super::decision::{Decision, Fork, Group, Item};
use super::threads::{Owner, Start, Threads};
use crate::flow::ast::Kind;
use crate::flow::graph::{Graph, Role};

/// Writes the threads of a flow as code.
pub(crate) struct Structure<'a, 'c> {
    graph: &'a Graph,
    after: &'a [Decision<'a>],
    closings: &'c mut Closings<'a>,
    threads: &'c Threads,
    /// The bodies of loops, by the nodes where they begin.
    loops: HashMap<usize, HashSet<Owner>>,
    /// What follows a block around an owner's code, and what follows a loop.
    inside: HashMap<Owner, Vec<usize>>,
    outside: HashMap<usize, Vec<usize>>,
    /// The nodes that follow a block.
    followers: HashSet<usize>,
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
        let mut structure = Self {
            graph,
            after,
            closings,
            threads,
            loops: HashMap::new(),
            inside: HashMap::new(),
            outside: HashMap::new(),
            followers: HashSet::new(),
            terminal: None,
            is_borne: false,
            borne: graph.borne(),
        };
        structure.find_loops();
        structure.place_followers();
        structure
    }

    /// All of the flow.
    pub(crate) fn code(mut self, entry: &Decision<'a>) -> Code<'a> {
        let root = self.threads.owner(Start::Root);
        let main = self.decide(root, None, entry, Moving::Stays);
        let each = self.graph.joins().filter(|(_, join)| join.kind == Kind::Each);
        let mut nodes: Vec<_> = each.map(|(place, _)| place).collect();
        nodes.extend(self.threads.functions.iter().copied());
        nodes.sort_unstable();
        nodes.dedup();
        let functions = nodes.into_iter().map(|node| {
            self.is_borne = self.borne.contains(&node);
            Function {
                node,
                body: self.tree(node),
            }
        });
        let functions = functions.collect();
        Code { main, functions }
    }

    fn find_loops(&mut self) {
        for head in 0..self.graph.nodes.len() {
            let mut frontier: Vec<_> = self.threads.back(head).collect();
            if frontier.is_empty() {
                continue;
            }
            let mut body = HashSet::from([head]);
            while let Some(owner) = frontier.pop() {
                if body.insert(owner) {
                    frontier.extend(self.threads.into[owner].iter().copied());
                }
            }
            self.loops.insert(head, body);
        }
    }

    fn place_followers(&mut self) {
        let mut nodes: Vec<_> = (0..self.graph.nodes.len()).collect();
        nodes.sort_by_key(|node| self.threads.place(*node));
        for node in nodes {
            if self.threads.is_start(node) {
                continue;
            }
            let parent = self.threads.parent(node);
            let left = self.loops.iter().filter(|(_, body)| {
                body.contains(&parent) && !body.contains(&node)
            });
            let outermost = left.map(|(head, _)| *head).min_by_key(|head| self.threads.place(*head));
            match outermost {
                Some(head) => self.outside.entry(head).or_default().push(node),
                None if self.threads.forward(node) > 1 => {
                    self.inside.entry(parent).or_default().push(node);
                }
                None => continue,
            }
            self.followers.insert(node);
        }
    }

    /// Code with a block around it for each of these nodes, and their code behind it.
    fn followed(&mut self, body: Body<'a>, followers: &[usize]) -> Body<'a> {
        followers.iter().fold(body, |body, node| {
            let mut next = self.tree(*node);
            next.steps.insert(0, Step::Block(*node, Box::new(body)));
            next
        })
    }

    /// A node, given its input, and all that follows.
    fn tree(&mut self, node: usize) -> Body<'a> {
        let inside = self.inside.get(&node).cloned().unwrap_or_default();
        let body = self.node(node);
        let body = self.followed(body, &inside);
        if !self.loops.contains_key(&node) {
            return body;
        }
        let outside = self.outside.get(&node).cloned().unwrap_or_default();
        let looped = Body {
            steps: vec![Step::Loop(node, Box::new(body))],
            end: End::Never,
        };
        self.followed(looped, &outside)
    }

    fn node(&mut self, node: usize) -> Body<'a> {
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
                let is_visited = matches!(step, Step::Visit(_));
                Body::ending(End::Else {
                    node,
                    is_head: is_visited && self.loops.contains_key(&node),
                    on: Box::new(on),
                    failed: Box::new(failed),
                })
            }
        }
    }

    fn map(&mut self, map: usize, end: usize) -> Body<'a> {
        let (graph, after) = (self.graph, self.after);
        let kind = graph.nodes[end].join().map(|join| join.kind);
        let items = self.threads.owner(Start::Items(map));
        let is_borne = self.is_borne;
        let is_space = kind != Some(Kind::Each) && self.has_function(&graph.inside(map, end));
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
            is_borne,
        };
        match kind {
            Some(Kind::Each) => step.then(Body::ending(End::Over)),
            _ => step.then(self.arrive(map, end)),
        }
    }

    /// A branch, which comes to this join.
    fn in_branch(
        &mut self,
        terminal: Option<usize>,
        bears: bool,
        write: impl FnOnce(&mut Self) -> Body<'a>,
    ) -> Body<'a> {
        let before = (self.terminal, self.is_borne);
        self.terminal = terminal;
        self.is_borne |= bears;
        let body = write(self);
        (self.terminal, self.is_borne) = before;
        body
    }

    /// What follows where a branch begins, with what several of its arms lead to.
    fn begun(&mut self, owner: Owner, write: impl FnOnce(&mut Self) -> Body<'a>) -> Body<'a> {
        let followers = self.inside.get(&owner).cloned().unwrap_or_default();
        let body = write(self);
        self.followed(body, &followers)
    }

    fn decide(
        &mut self,
        owner: Owner,
        from: Option<usize>,
        onward: &Decision<'a>,
        moving: Moving,
    ) -> Body<'a> {
        match onward {
            Decision::Exit => Body::ending(End::Output(from.unwrap_or_default())),
            Decision::One(edge) => self.go(owner, *edge, moving),
            Decision::Choice(span, arms) => {
                let arms = arms.iter().map(|(arm, onward)| {
                    (*arm, self.decide(owner, from, onward, moving))
                });
                let arms = arms.collect();
                Body::ending(End::Choice {
                    node: from.unwrap_or_default(),
                    span: *span,
                    arms,
                })
            }
            Decision::Fork(fork) => self.fork(owner, from, fork),
        }
    }

    /// Goes along an edge.
    fn go(&mut self, owner: Owner, edge: usize, moving: Moving) -> Body<'a> {
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
            return along(is_hop).then(Body::ending(self.input(to, slot)));
        }
        let Some(fallback) = self.graph.taken_over_by(edge) else {
            return along(is_hop).then(self.arrive(owner, to));
        };
        if self.threads.goes_round(owner, to) {
            return Body::ending(End::Again { edge, moving });
        }
        let on = along(false).then(self.arrive(owner, to));
        let exhausted = self.arrive(owner, fallback.to);
        Body::ending(End::Round {
            edge,
            moving,
            on: Box::new(on),
            exhausted: Box::new(exhausted),
        })
    }

    /// Comes to an input of a join.
    fn input(&self, join: usize, slot: usize) -> End<'a> {
        let is_each = self.graph.nodes[join].join().is_some_and(|join| join.kind == Kind::Each);
        match self.terminal {
            _ if is_each => End::Detach(join),
            Some(terminal) if terminal == join => End::Yield,
            _ => End::Feed { join, slot },
        }
    }

    /// Comes to a node, with its input.
    fn arrive(&mut self, owner: Owner, node: usize) -> Body<'a> {
        if self.threads.is_back(owner, node)
            && self.threads.thread(owner) == self.threads.thread(node)
        {
            return Body::ending(End::Continue(node));
        }
        if self.threads.functions.contains(&node) {
            return Body::ending(End::Detach(node));
        }
        match self.followers.contains(&node) {
            true => Body::ending(End::Break(node)),
            false => self.tree(node),
        }
    }

    fn fork(&mut self, owner: Owner, from: Option<usize>, fork: &Fork<'a>) -> Body<'a> {
        if let [Item::Group(group)] = fork.items.as_slice()
            && self.closings.of(group) != Closing::Open
        {
            return self.closed(owner, from, group);
        }
        let mut open = OpenFork {
            branches: Vec::new(),
            joins: Vec::new(),
            from,
            is_borne: self.is_borne,
            has_places: false,
        };
        for item in &fork.items {
            self.beside(from, item, 0, &mut open);
        }
        open.joins.sort_by_key(|(join, _)| self.threads.place(*join));
        Body::ending(End::Scatter(open))
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
                let body = self.in_branch(None, false, |structure| {
                    structure.way(owner, from, way)
                });
                open.has_places |= way.place.is_none();
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
                let body = self.in_branch(None, false, |structure| structure.tree(group.join));
                open.joins.push((group.join, body));
            }
            Item::Group(group) => {
                let owner = self.threads.owner(Start::Group(group.number));
                let body = self.in_branch(None, false, |structure| {
                    structure.begun(owner, |structure| structure.closed(owner, from, group))
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
    ) -> Body<'a> {
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
    fn closed(&mut self, owner: Owner, from: Option<usize>, group: &Group<'a>) -> Body<'a> {
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
            has_places: false,
        };
        for (number, (slot, item)) in group.branches.iter().enumerate() {
            let begin = self.threads.owner(Start::Branch(group.number, number));
            let body = self.in_branch(terminal, kind.is_some_and(Kind::bears), |structure| match item {
                Item::Way(way) => structure.way(begin, from, way),
                Item::Group(inner) if structure.closings.of(inner) == Closing::Open => {
                    structure.begun(begin, |structure| structure.open_group(from, item))
                }
                Item::Group(inner) => {
                    structure.begun(begin, |structure| structure.closed(begin, from, inner))
                }
            });
            let way = match item {
                Item::Way(way) => Some(way),
                Item::Group(_) => None,
            };
            fork.has_places |= way.is_some_and(|way| way.place.is_none());
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
        nodes.iter().any(|node| self.threads.functions.contains(node))
    }

    fn open_group(&mut self, from: Option<usize>, item: &Item<'a>) -> Body<'a> {
        let mut open = OpenFork {
            branches: Vec::new(),
            joins: Vec::new(),
            from,
            is_borne: self.is_borne,
            has_places: false,
        };
        self.beside(from, item, 0, &mut open);
        open.joins.sort_by_key(|(join, _)| self.threads.place(*join));
        Body::ending(End::Scatter(open))
    }
}

/// The place that a branch sets out at, if that is known there.
fn set_out(way: &super::decision::ForkWay<'_>) -> Option<u32> {
    match way.onward {
        Decision::One(_) => way.place,
        _ => None,
    }
}

impl<'a> Body<'a> {
    fn ending(end: End<'a>) -> Self {
        let steps = Vec::new();
        Self { steps, end }
    }
}

impl<'a> Step<'a> {
    fn then(self, mut body: Body<'a>) -> Body<'a> {
        body.steps.insert(0, self);
        body
    }
}
