//! Divides a flow into regions: pieces of straight code that one branch runs. A node that several
//! branches reach, or a loop enters from outside of its body, begins a function.

use std::collections::{HashMap, HashSet};

use super::closed_groups::{GroupKind, GroupKinds};
use super::decision::{Decision, Fork, Group, Sibling};
use super::dominators::dominators;
use crate::flow::graph::{Graph, Role};
use crate::flow::join_kind::JoinKind;

/// A vertex of the flow's control flow: a node, by index, or the beginning of a branch.
pub(crate) type Vertex = usize;

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

/// An edge from one vertex to the next.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    pub(crate) from: Vertex,
    pub(crate) to: Vertex,
}

/// A round of a loop whose head has a fallback.
#[derive(Clone, Copy)]
struct Round {
    from: Vertex,
    head: usize,
    fallback: usize,
}

/// The vertices of a flow, the links between them, and the regions that they form.
pub(crate) struct Regions {
    /// How many nodes there are. Vertices above are beginnings of branches.
    nodes: usize,
    known: HashMap<Start, Vertex>,
    pub(crate) links: Vec<Link>,
    /// For each vertex, its predecessors.
    pub(crate) into: Vec<Vec<Vertex>>,
    /// The rounds that lead to the fallback of their loop's head when no budget is left.
    rounds: Vec<Round>,
    /// The vertices that begin a region.
    starts: HashSet<Vertex>,
    /// The position of each node in the order of the flow.
    order: Vec<usize>,
    /// The immediate dominator of each vertex.
    dominators: Vec<Vertex>,
    /// The nodes that are functions.
    pub(crate) functions: HashSet<usize>,
}

impl Regions {
    pub(crate) fn of<'a>(
        graph: &'a Graph,
        after: &'a [Decision<'a>],
        entry: &Decision<'a>,
        group_kinds: &mut GroupKinds<'a>,
    ) -> Self {
        let mut order = vec![0; graph.nodes.len()];
        for (position, node) in graph.order.iter().enumerate() {
            order[*node] = position;
        }
        let mut regions = Self {
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
        let root = regions.begin(Start::Root);
        let mut reader = Linker {
            regions: &mut regions,
            graph,
            group_kinds,
        };
        reader.decide(root, entry);
        for (node, onward) in after.iter().enumerate() {
            reader.node(node, onward);
        }
        regions.index();
        regions.find_functions();
        regions
    }

    /// The vertex where a branch begins.
    pub(crate) fn vertex(&self, start: Start) -> Vertex {
        self.known[&start]
    }

    fn begin(&mut self, start: Start) -> Vertex {
        let next = self.nodes + self.known.len();
        let vertex = *self.known.entry(start).or_insert(next);
        self.starts.insert(vertex);
        vertex
    }

    fn link(&mut self, from: Vertex, to: Vertex) {
        self.links.push(Link { from, to });
    }

    fn index(&mut self) {
        let vertices = self.nodes + self.known.len();
        let mut out = vec![Vec::new(); vertices];
        self.into = vec![Vec::new(); vertices];
        for link in &self.links {
            out[link.from].push(link.to);
            self.into[link.to].push(link.from);
        }
        let mut into = self.into.clone();
        for round in &self.rounds {
            out[round.from].push(round.fallback);
            into[round.fallback].push(round.from);
        }
        self.dominators = dominators(self.vertex(Start::Root), &out, &into);
    }

    /// Makes functions of nodes that other regions reach, until there are no more.
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

    /// Whether another region reaches this node, or a loop enters it from outside of its body.
    fn is_shared(&self, node: usize) -> bool {
        if self.starts.contains(&node) {
            return false;
        }
        let region = self.region(node);
        let rounds = self
            .rounds
            .iter()
            .filter(|round| round.fallback == node && !self.goes_round(round.from, round.head));
        let mut into = self.into[node]
            .iter()
            .copied()
            .chain(rounds.map(|round| round.from));
        into.any(|from| {
            self.region(from) != region || (self.is_back(from, node) && !self.dominates(node, from))
        })
    }

    /// Whether this vertex leads back to the head of a loop around it. If so, the head's fallback
    /// takes over at the head.
    pub(crate) fn goes_round(&self, from: Vertex, head: usize) -> bool {
        self.is_back(from, head)
            && self.region(from) == self.region(head)
            && self.dominates(head, from)
    }

    /// The vertex that begins this one's region.
    pub(crate) fn region(&self, vertex: Vertex) -> Vertex {
        let mut vertex = vertex;
        while !self.starts.contains(&vertex) {
            vertex = self.dominators[vertex];
        }
        vertex
    }

    /// The immediate dominator of a node.
    pub(crate) fn parent(&self, node: usize) -> Vertex {
        self.dominators[node]
    }

    /// Whether a link leads back, in the order of the flow.
    pub(crate) fn is_back(&self, from: Vertex, to: Vertex) -> bool {
        from < self.nodes && to < self.nodes && self.order[to] <= self.order[from]
    }

    fn dominates(&self, node: Vertex, of: Vertex) -> bool {
        let mut vertex = of;
        while vertex != node {
            let before = self.dominators[vertex];
            if before == vertex {
                return false;
            }
            vertex = before;
        }
        true
    }

    /// The position of a node in the order of the flow.
    pub(crate) fn position(&self, node: usize) -> usize {
        self.order[node]
    }

    /// Whether a node begins a region: a join whose inputs wait in a cell, the end of a map whose
    /// items go on by themselves, a function.
    pub(crate) fn is_start(&self, node: usize) -> bool {
        self.starts.contains(&node)
    }

    /// How many links lead forward to a node.
    pub(crate) fn forward(&self, node: usize) -> usize {
        let into = self.into[node].iter();
        into.filter(|from| !self.is_back(**from, node)).count()
    }

    /// The vertices of the same region that lead back to this node.
    pub(crate) fn back(&self, node: usize) -> impl Iterator<Item = Vertex> + '_ {
        let into = self.into[node].iter().copied();
        into.filter(move |from| {
            self.is_back(*from, node) && self.region(*from) == self.region(node)
        })
    }
}

/// Adds the links of a flow.
struct Linker<'t, 'c, 'a> {
    regions: &'t mut Regions,
    graph: &'a Graph,
    group_kinds: &'c mut GroupKinds<'a>,
}

impl<'a> Linker<'_, '_, 'a> {
    fn node(&mut self, node: usize, onward: &Decision<'a>) {
        if let Some(edge) = self.graph.fallback(node) {
            self.regions.link(node, edge.to);
        }
        let Role::Map(map) = &self.graph.nodes[node].role else {
            return self.decide(node, onward);
        };
        let items = self.regions.begin(Start::Items(node));
        self.regions.link(node, items);
        self.regions.link(node, map.join);
        self.decide(items, onward);
        if let Some(end) = self.graph.nodes[map.join].join()
            && end.kind == JoinKind::Each
        {
            self.regions.starts.insert(map.join);
        }
    }

    fn decide(&mut self, vertex: Vertex, onward: &Decision<'a>) {
        match onward {
            Decision::Exit => {}
            Decision::One(edge) => self.edge(vertex, *edge),
            Decision::Choice(_, arms) => {
                arms.iter()
                    .for_each(|(_, onward)| self.decide(vertex, onward));
            }
            Decision::Fork(fork) => self.fork(vertex, fork),
        }
    }

    /// The code after a join follows the fork, so an edge to a join is no link. A loop to a node
    /// with a fallback may lead to the fallback, too.
    fn edge(&mut self, vertex: Vertex, edge: usize) {
        let to = self.graph.target(edge);
        if self.graph.slot(edge).is_some() {
            return;
        }
        self.regions.link(vertex, to);
        if let Some(fallback) = self.graph.taken_over_by(edge) {
            self.regions.rounds.push(Round {
                from: vertex,
                head: to,
                fallback: fallback.to,
            });
        }
    }

    fn fork(&mut self, vertex: Vertex, fork: &Fork<'a>) {
        match fork.siblings.as_slice() {
            [Sibling::Group(group)] if self.group_kinds.of(group) != GroupKind::Open => {
                self.closed(vertex, group);
            }
            siblings => {
                let siblings = siblings.iter();
                siblings.for_each(|sibling| self.sibling(vertex, sibling));
            }
        }
    }

    /// What runs at the same time as others.
    fn sibling(&mut self, vertex: Vertex, sibling: &Sibling<'a>) {
        match sibling {
            Sibling::Way(way) => {
                let begin = self.regions.begin(Start::Way(way.number));
                self.regions.link(vertex, begin);
                self.decide(begin, &way.onward);
            }
            Sibling::Group(group) if self.group_kinds.of(group) == GroupKind::Open => {
                self.regions.starts.insert(group.end);
                self.regions.link(vertex, group.end);
                let branches = group.branches.iter();
                branches.for_each(|(_, sibling)| self.sibling(vertex, sibling));
            }
            Sibling::Group(group) => {
                let begin = self.regions.begin(Start::Group(group.number));
                self.regions.link(vertex, begin);
                self.closed(begin, group);
            }
        }
    }

    fn closed(&mut self, vertex: Vertex, group: &Group<'a>) {
        self.regions.link(vertex, group.end);
        for (index, (_, sibling)) in group.branches.iter().enumerate() {
            let begin = self.regions.begin(Start::Branch(group.number, index));
            self.regions.link(vertex, begin);
            match sibling {
                Sibling::Way(way) => self.decide(begin, &way.onward),
                Sibling::Group(inner) if self.group_kinds.of(inner) == GroupKind::Open => {
                    self.sibling(begin, sibling);
                }
                Sibling::Group(inner) => self.closed(begin, inner),
            }
        }
    }
}
