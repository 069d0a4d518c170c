//! The graph of a flow: its nodes and edges, which edges close loops, and where joins open.

mod back_edges;
mod bitset;
mod build;
mod connect;
mod join_nesting;
mod joins;
mod map;
mod output_counts;
mod pattern_text;
mod repeated;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use proc_macro2::Span;
use syn::{Expr, Ident, Path, Type};

use super::ast::Pattern;
use super::join_kind::JoinKind;
use bitset::BitSet;

pub(super) use build::build;
pub(super) use pattern_text::pattern_text;

/// A flow's nodes and edges, in the order in which it names them.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    /// How many `match`es there are, one counted for each node that leads to it.
    pub(super) matches: usize,
    /// The nodes that OpenSea leads to, each with the inputs of joins that open there.
    pub(super) entries: Vec<Entry>,
    /// The nodes in an order in which all edges but back edges lead forward.
    pub(super) order: Vec<usize>,
    /// For each node, the strongly connected component that it is in.
    components: Vec<usize>,
    /// Every mention of a node, in the order of the text.
    pub(super) mentions: Vec<Mention>,
    /// Where a node follows branches or the items of a map, without a join between them.
    pub(super) unjoined: Vec<Unjoined>,
    /// Where a node or a `match` follows arms that all go back, so that nothing reaches it.
    pub(super) unreached: Vec<Span>,
}

/// A node that each of several branches, or each item of a map, goes on to by itself.
pub(super) struct Unjoined {
    pub(super) node: usize,
    /// The last node of each branch, or of the map.
    pub(super) ends: Vec<usize>,
    pub(super) is_map: bool,
    /// Where both are named.
    pub(super) spans: (Span, Span),
}

pub(super) struct Node {
    /// The name: a path's last word, or that of a `let`.
    pub(super) ident: Ident,
    pub(super) path: Path,
    pub(super) role: Role,
    /// The ways that its output goes, all at once.
    pub(super) ways: Vec<Way>,
    /// Where the first `_` stands that hands its output on to a join.
    pub(super) hands_on: Option<Span>,
    /// The edges to its fallbacks, by index. More than one is a fault.
    pub(super) fallbacks: Vec<usize>,
    /// All edges to it, by index.
    pub(super) into: Vec<usize>,
    /// All edges from it, by index.
    pub(super) out: Vec<usize>,
}

/// What a node is. Only visits are the user's. The others are nodes, too, since their output goes
/// on as a node's does.
pub(super) enum Role {
    /// A function, a value or a part.
    Visit(Origin),
    /// A place where branches, or the items of a map, meet.
    Join(Join),
    /// The beginning of a map: each item of what comes to it goes on by itself.
    Map(Map),
    /// A place where a trace parks.
    Await(Await),
}

/// What a visit runs.
#[derive(Clone)]
pub(super) enum Origin {
    Function,
    /// A value, by the index of its `let` among the bindings.
    Let(usize),
    /// A part in parentheses.
    Part {
        /// Its number among the parts.
        number: usize,
        /// What it is called.
        label: String,
    },
}

pub(super) struct Join {
    pub(super) kind: JoinKind,
    /// The map whose items it joins, if it joins items and no branches.
    pub(super) map: Option<usize>,
    /// For each of its inputs, the nodes that it comes from: several where a `match` decides.
    pub(super) slots: Vec<Vec<usize>>,
    /// The nodes on its branches, with the inputs that a message of each helps to fill.
    leads: BTreeMap<usize, BitSet>,
    /// What is wrong with it, if anything is.
    pub(super) fault: Option<JoinFault>,
}

pub(super) struct Map {
    /// How many items run at once.
    pub(super) limit: Expr,
    /// The most items that it takes, if it has a bound.
    pub(super) max: Option<Expr>,
    /// The join at its end, by its index among the nodes.
    pub(super) join: usize,
}

pub(super) struct Await {
    pub(super) ty: Type,
    pub(super) within: Option<Duration>,
}

/// Why a join cannot work.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum JoinFault {
    /// No message ever reaches all inputs.
    NeverFills,
    /// An input is filled more than once.
    InputTwice(usize),
    /// An input is also reached by a way that leads to none of the others.
    InputAlone(usize),
    /// This edge leads onto a branch from elsewhere than the node where the branches part.
    EntersBranch(usize, Option<usize>),
    /// A node on a branch that may be dropped also leads elsewhere.
    LeavesBranch(usize),
    /// It opens on a branch of that join, and is complete outside of it.
    Crosses(usize),
    /// One way leads to several inputs, so a failure belongs to none of them.
    MixedInputs,
    /// A node of the map leads out of it instead of to its end.
    LeavesMap(usize),
    /// A node of the map is also reached from outside of it.
    EntersMap(usize),
}

/// One way that an output goes, and the joins that open on it, each with the input that the way
/// leads to.
pub(super) struct Way {
    pub(super) route: Route,
    pub(super) opens: Vec<(usize, usize)>,
}

pub(super) struct Entry {
    pub(super) node: usize,
    pub(super) opens: Vec<(usize, usize)>,
}

pub(super) struct Mention {
    pub(super) path: Path,
    pub(super) node: usize,
}

/// One way that a node's output goes.
pub(super) enum Route {
    /// Along an edge, by index.
    Edge(usize),
    /// Along one of the arms of the `match` here.
    Match(Span, Vec<Arm>),
}

/// An arm of a `match`, and the ways of its output, all at once.
pub(super) struct Arm {
    pub(super) pattern: Pattern,
    pub(super) ways: Vec<Way>,
}

pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Where the two nodes are named.
    pub(super) spans: (Span, Span),
    /// Which input of a join it is.
    pub(super) slot: Option<usize>,
    /// The arm of a `match` that it belongs to.
    pub(super) choice: Option<Choice>,
    /// Whether it goes round a loop.
    pub(super) is_back: bool,
    /// Whether it carries the input of a node that failed.
    pub(super) is_fallback: bool,
}

/// An arm, of a `match` that may stand in an arm itself.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Choice {
    /// The number of each `match` and of its arm, from the outermost to the innermost.
    pub(super) arms: Vec<(usize, usize)>,
    /// The innermost arm's pattern, as text.
    pub(super) label: String,
}

impl Node {
    /// A node that no edge touches.
    fn new(ident: Ident, path: Path, role: Role) -> Self {
        Self {
            ident,
            path,
            role,
            ways: Vec::new(),
            hands_on: None,
            fallbacks: Vec::new(),
            into: Vec::new(),
            out: Vec::new(),
        }
    }

    /// The index of its `let` among the bindings.
    pub(super) fn binding(&self) -> Option<usize> {
        match self.role {
            Role::Visit(Origin::Let(binding)) => Some(binding),
            _ => None,
        }
    }

    /// Whether it is the user's.
    pub(super) fn is_visit(&self) -> bool {
        matches!(self.role, Role::Visit(_))
    }

    /// Whether it is named by the user.
    pub(super) fn has_name(&self) -> bool {
        self.is_visit() && !self.is_part()
    }

    pub(super) fn is_part(&self) -> bool {
        matches!(self.role, Role::Visit(Origin::Part { .. }))
    }

    /// Its name in messages.
    pub(super) fn called(&self) -> String {
        match &self.role {
            Role::Visit(Origin::Part { label, .. }) => label.clone(),
            _ => self.ident.to_string(),
        }
    }

    pub(super) fn join(&self) -> Option<&Join> {
        match &self.role {
            Role::Join(joining) => Some(joining),
            _ => None,
        }
    }

    fn join_mut(&mut self) -> Option<&mut Join> {
        match &mut self.role {
            Role::Join(joining) => Some(joining),
            _ => None,
        }
    }
}

impl Graph {
    /// Gives each node that the user does not name a unique name.
    fn name_internal_nodes(&mut self) {
        let visited = self.nodes.iter().filter(|node| node.has_name());
        let mut taken: HashSet<String> = visited.map(|node| node.ident.to_string()).collect();
        let mut numbers = HashMap::new();
        for node in self.nodes.iter_mut().filter(|node| !node.has_name()) {
            let word = node.ident.to_string();
            let number = numbers.entry(word.clone()).or_insert(0);
            let name = loop {
                *number += 1;
                let name = match *number {
                    1 => word.clone(),
                    number => format!("{word}{number}"),
                };
                if taken.insert(name.clone()) {
                    break name;
                }
            };
            node.ident = Ident::new(&name, node.ident.span());
        }
    }

    pub(super) fn edges_from(&self, node: usize) -> impl Iterator<Item = &Edge> {
        self.nodes[node].out.iter().map(|edge| &self.edges[*edge])
    }

    pub(super) fn edges_to(&self, node: usize) -> impl Iterator<Item = &Edge> {
        self.nodes[node].into.iter().map(|edge| &self.edges[*edge])
    }

    /// The node that an edge leads to. Indices above the edges are the entries.
    pub(super) fn target(&self, edge: usize) -> usize {
        match self.edges.get(edge) {
            Some(edge) => edge.to,
            None => self.entries[edge - self.edges.len()].node,
        }
    }

    /// The input of a join that an edge leads to.
    pub(super) fn slot(&self, edge: usize) -> Option<usize> {
        self.edges.get(edge)?.slot
    }

    /// Whether this is the edge with that index.
    pub(super) fn is_edge(&self, index: usize, edge: &Edge) -> bool {
        let at = self.edges.get(index);
        at.is_some_and(|at| std::ptr::eq(at, edge))
    }

    /// The first of a row of fallbacks, whose input all of them take.
    pub(super) fn first_of(&self, node: usize) -> usize {
        let before = self.edges_to(node).find(|edge| edge.is_fallback);
        before.map_or(node, |edge| self.first_of(edge.from))
    }

    /// The edge to the node that takes over if no round is left for this back edge.
    pub(super) fn taken_over_by(&self, edge: usize) -> Option<&Edge> {
        let edge = self.edges.get(edge).filter(|edge| edge.is_back)?;
        let to = &self.nodes[edge.to];
        self.fallback(edge.to).filter(|_| to.is_visit())
    }

    /// The nodes without successors, which lead to Rookery.
    pub(super) fn exits(&self) -> Vec<usize> {
        let all = 0..self.nodes.len();
        all.filter(|node| self.nodes[*node].ways.is_empty())
            .collect()
    }

    /// The nodes of a loop, from the one that its back edge leads to, to the one that it starts at.
    pub(super) fn round(&self, back_edge: &Edge) -> Vec<usize> {
        let mut before = HashMap::new();
        let mut frontier = VecDeque::from([back_edge.to]);
        while let Some(node) = frontier.pop_front().filter(|node| *node != back_edge.from) {
            for edge in self.edges_from(node).filter(|edge| !edge.is_back) {
                if edge.to != back_edge.to && !before.contains_key(&edge.to) {
                    before.insert(edge.to, node);
                    frontier.push_back(edge.to);
                }
            }
        }
        let mut round = VecDeque::from([back_edge.from]);
        while let Some(node) = before.get(&round[0]).filter(|_| round[0] != back_edge.to) {
            round.push_front(*node);
        }
        round.into()
    }

    /// The joins, each with its index among the nodes.
    pub(super) fn joins(&self) -> impl Iterator<Item = (usize, &Join)> {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter_map(|(index, node)| Some((index, node.join()?)))
    }

    /// The index of the edge to the node that a map begins with, if it begins with one.
    pub(super) fn first_in_map(&self, map: usize) -> Option<usize> {
        let mut ways = self.nodes[map].ways.iter().map(|way| &way.route);
        // A `_` before the first node hands the item on.
        let is_node =
            |route: &&Route| !matches!(route, Route::Edge(edge) if self.slot(*edge).is_some());
        let Route::Edge(edge) = ways.find(is_node)? else {
            return None;
        };
        let to = self.edges[*edge].to;
        self.nodes[to].is_visit().then_some(*edge)
    }

    /// The names of the nodes at an input of a join. Where each item of a map goes on by itself,
    /// these are the last nodes of the map.
    pub(super) fn inputs(&self, nodes: &[usize]) -> Vec<String> {
        let names = nodes.iter().map(|node| match self.nodes[*node].join() {
            Some(each) if each.kind == JoinKind::Each => self.inputs(&each.slots[0]).join("` or `"),
            _ => self.nodes[*node].called(),
        });
        names.collect()
    }

    /// The edge to the node that takes over if this one fails.
    pub(super) fn fallback(&self, node: usize) -> Option<&Edge> {
        let edge = self.nodes[node].fallbacks.first()?;
        Some(&self.edges[*edge])
    }
}
