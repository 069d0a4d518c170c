//! Which nodes stand in one piece of straight code: those that one branch comes to, and no other
//! one. A node that several branches reach, or that a loop leads to from outside of its body, is a
//! function.

use std::collections::{HashMap, HashSet};

use super::closed_groups::{Closing, Closings};
use super::decision::{Decision, Fork, Group, Item};
use super::dominators::dominators;
use crate::flow::graph::{Graph, Role};
use crate::flow::join_kind::JoinKind;

/// What leads on: a node, by its place, or where a branch begins.
pub(crate) type Owner = usize;

/// Where a branch begins.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Start {
    /// The flow.
    Root,
    /// A way of a fork.
    Way(usize),
    /// A closed group that runs beside others.
    Group(usize),
    /// A branch of a closed group.
    Branch(usize, usize),
    /// The items of a map.
    Items(usize),
}

/// One way from an owner to the next.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    pub(crate) from: Owner,
    pub(crate) to: Owner,
}

/// A round of a loop whose head has a fallback.
#[derive(Clone, Copy)]
struct Round {
    from: Owner,
    head: usize,
    fallback: usize,
}

/// The owners of a flow, and what leads from one to the other.
pub(crate) struct Threads {
    /// How many nodes there are: owners above are beginnings.
    nodes: usize,
    known: HashMap<Start, Owner>,
    pub(crate) links: Vec<Link>,
    /// By owner, the owners that lead to it.
    pub(crate) into: Vec<Vec<Owner>>,
    /// Which rounds lead to a fallback of the loop's head when no budget is left.
    rounds: Vec<Round>,
    /// Which owners begin a thread.
    starts: HashSet<Owner>,
    /// The place of each node in the order of the flow.
    order: Vec<usize>,
    /// The owner that all ways to this one lead through.
    dominators: Vec<Owner>,
    /// The nodes that are functions.
    pub(crate) functions: HashSet<usize>,
}

impl Threads {
    pub(crate) fn of<'a>(
        graph: &'a Graph,
        after: &'a [Decision<'a>],
        entry: &Decision<'a>,
        closings: &mut Closings<'a>,
    ) -> Self {
        let mut order = vec![0; graph.nodes.len()];
        for (place, node) in graph.order.iter().enumerate() {
            order[*node] = place;
        }
        let mut threads = Self {
            nodes: graph.nodes.len(),
            known: HashMap::new(),
            links: Vec::new(),
            into: Vec::new(),
            rounds: Vec::new(),
            starts: HashSet::new(),
            order,
            dominators: Vec::new(),
            functions: HashSet::new(),
        };
        let root = threads.begin(Start::Root);
        let mut reader = Linking {
            threads: &mut threads,
            graph,
            closings,
        };
        reader.decide(root, entry);
        for (node, onward) in after.iter().enumerate() {
            reader.node(node, onward);
        }
        threads.index();
        threads.find_functions();
        threads
    }

    /// The owner where a branch begins.
    pub(crate) fn owner(&self, start: Start) -> Owner {
        self.known[&start]
    }

    fn begin(&mut self, start: Start) -> Owner {
        let next = self.nodes + self.known.len();
        let owner = *self.known.entry(start).or_insert(next);
        self.starts.insert(owner);
        owner
    }

    fn link(&mut self, from: Owner, to: Owner) {
        self.links.push(Link { from, to });
    }

    fn index(&mut self) {
        let owners = self.nodes + self.known.len();
        let mut out = vec![Vec::new(); owners];
        self.into = vec![Vec::new(); owners];
        for link in &self.links {
            out[link.from].push(link.to);
            self.into[link.to].push(link.from);
        }
        let mut into = self.into.clone();
        for round in &self.rounds {
            out[round.from].push(round.fallback);
            into[round.fallback].push(round.from);
        }
        self.dominators = dominators(self.owner(Start::Root), &out, &into);
    }

    /// Until all nodes that are no functions are come to from their own thread alone.
    fn find_functions(&mut self) {
        loop {
            let shared: Vec<_> = (0..self.nodes)
                .filter(|node| self.is_shared(*node))
                .collect();
            if shared.is_empty() {
                break;
            }
            self.starts.extend(shared.iter().copied());
            self.functions.extend(shared);
        }
        for round in self.rounds.clone() {
            if !self.goes_round(round.from, round.head) {
                self.into[round.fallback].push(round.from);
            }
        }
    }

    /// Whether other threads come to this node, or a loop whose head it is not.
    fn is_shared(&self, node: usize) -> bool {
        if self.starts.contains(&node) {
            return false;
        }
        let thread = self.thread(node);
        let rounds = self
            .rounds
            .iter()
            .filter(|round| round.fallback == node && !self.goes_round(round.from, round.head));
        let mut into = self.into[node]
            .iter()
            .copied()
            .chain(rounds.map(|round| round.from));
        into.any(|from| {
            self.thread(from) != thread || (self.is_back(from, node) && !self.dominates(node, from))
        })
    }

    /// Whether this leads back to the head of a loop that it stands in: then what takes over from
    /// the head does so there.
    pub(crate) fn goes_round(&self, from: Owner, head: usize) -> bool {
        self.is_back(from, head)
            && self.thread(from) == self.thread(head)
            && self.dominates(head, from)
    }

    /// The owner that begins the thread that this one stands in.
    pub(crate) fn thread(&self, owner: Owner) -> Owner {
        let mut owner = owner;
        while !self.starts.contains(&owner) {
            owner = self.dominators[owner];
        }
        owner
    }

    /// The nearest owner of the same thread that all ways to this one lead through.
    pub(crate) fn parent(&self, node: usize) -> Owner {
        self.dominators[node]
    }

    /// Whether a link leads back, in the order of the flow.
    pub(crate) fn is_back(&self, from: Owner, to: Owner) -> bool {
        from < self.nodes && to < self.nodes && self.order[to] <= self.order[from]
    }

    fn dominates(&self, node: Owner, of: Owner) -> bool {
        let mut owner = of;
        while owner != node {
            let before = self.dominators[owner];
            if before == owner {
                return false;
            }
            owner = before;
        }
        true
    }

    /// The place of a node in the order of the flow.
    pub(crate) fn place(&self, node: usize) -> usize {
        self.order[node]
    }

    /// Whether a node begins a thread: a join whose inputs wait in a cell, the end of a map whose
    /// items go on by themselves, a function.
    pub(crate) fn is_start(&self, node: usize) -> bool {
        self.starts.contains(&node)
    }

    /// How many links lead to a node, but for those that lead back.
    pub(crate) fn forward(&self, node: usize) -> usize {
        let into = self.into[node].iter();
        into.filter(|from| !self.is_back(**from, node)).count()
    }

    /// The owners of the same thread that lead back to this node.
    pub(crate) fn back(&self, node: usize) -> impl Iterator<Item = Owner> + '_ {
        let into = self.into[node].iter().copied();
        into.filter(move |from| {
            self.is_back(*from, node) && self.thread(*from) == self.thread(node)
        })
    }
}

/// Draws the links of a flow.
struct Linking<'t, 'c, 'a> {
    threads: &'t mut Threads,
    graph: &'a Graph,
    closings: &'c mut Closings<'a>,
}

impl<'a> Linking<'_, '_, 'a> {
    fn node(&mut self, node: usize, onward: &Decision<'a>) {
        if let Some(edge) = self.graph.fallback(node) {
            self.threads.link(node, edge.to);
        }
        let Role::Map(map) = &self.graph.nodes[node].role else {
            return self.decide(node, onward);
        };
        let items = self.threads.begin(Start::Items(node));
        self.threads.link(node, items);
        self.threads.link(node, map.join);
        self.decide(items, onward);
        if let Some(end) = self.graph.nodes[map.join].join()
            && end.kind == JoinKind::Each
        {
            self.threads.starts.insert(map.join);
        }
    }

    fn decide(&mut self, owner: Owner, onward: &Decision<'a>) {
        match onward {
            Decision::Exit => {}
            Decision::One(edge) => self.edge(owner, *edge),
            Decision::Choice(_, arms) => {
                arms.iter()
                    .for_each(|(_, onward)| self.decide(owner, onward));
            }
            Decision::Fork(fork) => self.fork(owner, fork),
        }
    }

    /// What comes to a join goes on behind the place where its branches parted. A loop that leads
    /// to a node with a fallback may lead to the fallback, too.
    fn edge(&mut self, owner: Owner, edge: usize) {
        let to = self.graph.target(edge);
        if self.graph.slot(edge).is_some() {
            return;
        }
        self.threads.link(owner, to);
        if let Some(fallback) = self.graph.taken_over_by(edge) {
            self.threads.rounds.push(Round {
                from: owner,
                head: to,
                fallback: fallback.to,
            });
        }
    }

    fn fork(&mut self, owner: Owner, fork: &Fork<'a>) {
        match fork.items.as_slice() {
            [Item::Group(group)] if self.closings.of(group) != Closing::Open => {
                self.closed(owner, group);
            }
            items => items.iter().for_each(|item| self.beside(owner, item)),
        }
    }

    /// What runs beside others.
    fn beside(&mut self, owner: Owner, item: &Item<'a>) {
        match item {
            Item::Way(way) => {
                let begin = self.threads.begin(Start::Way(way.number));
                self.threads.link(owner, begin);
                self.decide(begin, &way.onward);
            }
            Item::Group(group) if self.closings.of(group) == Closing::Open => {
                self.threads.starts.insert(group.end);
                self.threads.link(owner, group.end);
                let branches = group.branches.iter();
                branches.for_each(|(_, item)| self.beside(owner, item));
            }
            Item::Group(group) => {
                let begin = self.threads.begin(Start::Group(group.number));
                self.threads.link(owner, begin);
                self.closed(begin, group);
            }
        }
    }

    fn closed(&mut self, owner: Owner, group: &Group<'a>) {
        self.threads.link(owner, group.end);
        for (place, (_, item)) in group.branches.iter().enumerate() {
            let begin = self.threads.begin(Start::Branch(group.number, place));
            self.threads.link(owner, begin);
            match item {
                Item::Way(way) => self.decide(begin, &way.onward),
                Item::Group(inner) if self.closings.of(inner) == Closing::Open => {
                    self.beside(begin, item);
                }
                Item::Group(inner) => self.closed(begin, inner),
            }
        }
    }
}
