//! The graph of a flow: which nodes there are, what leads where, and what goes round.

mod back_edges;
mod bitset;
mod build;
mod connect;
mod join_nesting;
mod joins;
mod map;
mod output_counts;
mod pattern_text;

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
    /// The nodes that OpenSea leads to, with the inputs of joins that they are on the way to.
    pub(super) entries: Vec<Entry>,
    /// The nodes in an order in which all edges but hops lead forward.
    pub(super) order: Vec<usize>,
    /// Every mention of a node, in the order of the text.
    pub(super) mentions: Vec<Mention>,
    /// Where a node follows branches or the items of a map, without a join between them.
    pub(super) unjoined: Vec<Unjoined>,
    /// Where a node or a `match` follows what leads nowhere: arms that all go back.
    pub(super) unreached: Vec<Span>,
}

/// A node that each of several branches, or each item of a map, goes on to by itself.
pub(super) struct Unjoined {
    pub(super) node: usize,
    /// A node at the end of each branch, or at that of the map.
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
    /// Where its output goes: all of these, at once.
    pub(super) ways: Vec<Way>,
    /// Where its input goes if it fails, by places in `Graph::edges`: one at most.
    pub(super) fallbacks: Vec<usize>,
    /// All edges to it, by their places.
    pub(super) into: Vec<usize>,
    /// All edges from it, by their places.
    pub(super) out: Vec<usize>,
}

/// What a node is. Only visits are the user's; the others stand among the nodes since what they
/// make of messages goes on as a node's output does.
pub(super) enum Role {
    /// A function, or a value by the place of its `let` among the bindings.
    Visit { binding: Option<usize> },
    /// A place where branches, or the items of a map, meet.
    Join(Join),
    /// The beginning of a map: each item of what comes to it goes on by itself.
    Map(Map),
    /// A place where a trace parks.
    Await(Await),
}

pub(super) struct Join {
    pub(super) kind: JoinKind,
    /// The map whose items meet in it, if it is no group's.
    pub(super) map: Option<usize>,
    /// For each of its inputs, the nodes that it comes from: several where a `match` decides.
    pub(super) slots: Vec<Vec<usize>>,
    /// The nodes on its branches, with the inputs that a message of each helps to fill.
    leads: BTreeMap<usize, BitSet>,
    /// What is wrong with it, if anything is.
    pub(super) fault: Option<JoinFault>,
}

pub(super) struct Map {
    /// How many items at a time.
    pub(super) limit: Expr,
    /// How many items at the most, if it is said.
    pub(super) max: Option<Expr>,
    /// Where its items meet, by its place among the nodes.
    pub(super) join: usize,
}

pub(super) struct Await {
    pub(super) ty: Type,
    pub(super) within: Option<Duration>,
}

/// Why branches cannot meet.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum JoinFault {
    /// No message ever comes to all inputs.
    NeverFills,
    /// An input comes more than once.
    InputTwice(usize),
    /// An input also comes by a way that leads to none of the others.
    InputAlone(usize),
    /// This edge leads onto a branch, and not from the node where the branches part.
    EntersBranch(usize, Option<usize>),
    /// A node on a branch leads elsewhere, too, though the branch may be dropped.
    LeavesBranch(usize),
    /// It begins to wait on a branch of that join, and is met outside.
    Crosses(usize),
    /// One way leads to several inputs, where a failure has to be told from the others'.
    MixedInputs,
    /// A node of the map leads out of it, and not to its end.
    LeavesMap(usize),
    /// A node of the map is also reached from outside of it.
    EntersMap(usize),
}

/// One way that an output goes, and the inputs of joins that it is on its way to: each of
/// these joins waits for one message by every such way.
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
    /// Along an edge, by its place in `Graph::edges`.
    Edge(usize),
    /// Along one of the arms of the `match` that stands there.
    Match(Span, Vec<Arm>),
}

/// An arm of a `match`: all of its routes, at once.
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

/// Which arm, of a `match` that may stand in an arm itself.
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
            fallbacks: Vec::new(),
            into: Vec::new(),
            out: Vec::new(),
        }
    }

    /// The place of its `let` among the bindings.
    pub(super) fn binding(&self) -> Option<usize> {
        match self.role {
            Role::Visit { binding } => binding,
            _ => None,
        }
    }

    /// Whether it is the user's.
    pub(super) fn is_visit(&self) -> bool {
        matches!(self.role, Role::Visit { .. })
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
    /// Gives each node that is not the user's a name that no other node has.
    fn name_internal_nodes(&mut self) {
        let visited = self.nodes.iter().filter(|node| node.is_visit());
        let mut taken: HashSet<String> = visited.map(|node| node.ident.to_string()).collect();
        let mut numbers = HashMap::new();
        for node in self.nodes.iter_mut().filter(|node| !node.is_visit()) {
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

    /// The node that an edge leads to. Those above the edges are the ways from OpenSea to the
    /// entries.
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

    /// Whether this is the edge at that place.
    pub(super) fn is_edge(&self, place: usize, edge: &Edge) -> bool {
        let at = self.edges.get(place);
        at.is_some_and(|at| std::ptr::eq(at, edge))
    }

    /// The first of a line of fallbacks, whose input all of them are given.
    pub(super) fn first_of(&self, node: usize) -> usize {
        let before = self.edges_to(node).find(|edge| edge.is_fallback);
        before.map_or(node, |edge| self.first_of(edge.from))
    }

    /// What takes over where a loop would begin again by this edge and no budget is left.
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

    /// How a loop runs: from the node that its hop leads to, to the one that it starts at.
    pub(super) fn round(&self, hop: &Edge) -> Vec<usize> {
        let mut before = HashMap::new();
        let mut frontier = VecDeque::from([hop.to]);
        while let Some(node) = frontier.pop_front().filter(|node| *node != hop.from) {
            for edge in self.edges_from(node).filter(|edge| !edge.is_back) {
                if edge.to != hop.to && !before.contains_key(&edge.to) {
                    before.insert(edge.to, node);
                    frontier.push_back(edge.to);
                }
            }
        }
        let mut round = VecDeque::from([hop.from]);
        while let Some(node) = before.get(&round[0]).filter(|_| round[0] != hop.to) {
            round.push_front(*node);
        }
        round.into()
    }

    /// The joins, by their places among the nodes.
    pub(super) fn joins(&self) -> impl Iterator<Item = (usize, &Join)> {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter_map(|(place, node)| Some((place, node.join()?)))
    }

    /// The edge to the node that a map begins with, if it begins with one.
    pub(super) fn first_in_map(&self, map: usize) -> Option<usize> {
        let Route::Edge(edge) = self.nodes[map].ways.first()?.route else {
            return None;
        };
        let to = self.edges[edge].to;
        self.nodes[to].is_visit().then_some(edge)
    }

    /// What the nodes at an input of a join are called. Where each item of a map goes on by
    /// itself, these are the map's own ends.
    pub(super) fn inputs(&self, nodes: &[usize]) -> Vec<String> {
        let names = nodes.iter().map(|node| match self.nodes[*node].join() {
            Some(each) if each.kind == JoinKind::Each => self.inputs(&each.slots[0]).join("` or `"),
            _ => self.nodes[*node].ident.to_string(),
        });
        names.collect()
    }

    /// The node that takes over if this one fails, and the edge to it.
    pub(super) fn fallback(&self, node: usize) -> Option<&Edge> {
        let edge = self.nodes[node].fallbacks.first()?;
        Some(&self.edges[*edge])
    }
}
