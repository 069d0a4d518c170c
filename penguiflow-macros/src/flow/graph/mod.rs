//! The graph of a flow: which nodes there are, what leads where, and what goes round.

mod draw;
mod hops;
mod label;

use proc_macro2::Span;
use syn::{Ident, Path};

use super::ast::Pattern;

pub(super) use draw::draw;

/// A flow's nodes and edges, in the order in which it names them.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    /// How many `match`es there are, one counted for each node that leads to it.
    pub(super) matches: usize,
    /// The nodes that OpenSea leads to.
    pub(super) entries: Vec<usize>,
    /// The nodes in an order in which all edges but hops lead forward.
    pub(super) order: Vec<usize>,
    /// Every mention of a node, in the order of the text.
    pub(super) mentions: Vec<Mention>,
}

pub(super) struct Node {
    /// The name: a path's last word, or that of a `let`.
    pub(super) ident: Ident,
    pub(super) path: Path,
    /// The place of its `let` among the bindings.
    pub(super) binding: Option<usize>,
    /// Where its output goes: all of these, at once.
    pub(super) routes: Vec<Route>,
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
    pub(super) routes: Vec<Route>,
}

pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Where the two nodes are named.
    pub(super) spans: (Span, Span),
    /// The arm of a `match` that it belongs to.
    pub(super) choice: Option<Choice>,
    /// Whether it goes round a loop.
    pub(super) is_hop: bool,
}

/// Which arm, of a `match` that may stand in an arm itself.
#[derive(Clone, PartialEq)]
pub(super) struct Choice {
    /// The number of each `match` and of its arm, from the outermost to the innermost.
    pub(super) arms: Vec<(usize, usize)>,
    /// The innermost arm's pattern, as text.
    pub(super) label: String,
}

impl Graph {
    pub(super) fn edges_from(&self, node: usize) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(move |edge| edge.from == node)
    }

    /// The nodes without successors, which lead to Rookery.
    pub(super) fn exits(&self) -> Vec<usize> {
        let all = 0..self.nodes.len();
        all.filter(|node| self.nodes[*node].routes.is_empty())
            .collect()
    }

    /// How a loop runs: from the node that its hop leads to, to the one that it starts at.
    pub(super) fn round(&self, hop: &Edge) -> Vec<usize> {
        let mut before = vec![None; self.nodes.len()];
        let mut frontier = vec![hop.to];
        while let Some(node) = frontier.pop() {
            for edge in self.edges_from(node).filter(|edge| !edge.is_hop) {
                if before[edge.to].is_none() && edge.to != hop.to {
                    before[edge.to] = Some(node);
                    frontier.insert(0, edge.to);
                }
            }
        }
        let mut round = vec![hop.from];
        while let Some(node) = before[round[0]].filter(|_| round[0] != hop.to) {
            round.insert(0, node);
        }
        round
    }

    /// Whether a trace can have several outputs.
    ///
    /// Counted up to two, for each node at once, until the counts stand: a node gives as
    /// many as all of its routes together, a `match` as many as the best of its arms, and
    /// an exit or a `Break` gives one.
    pub(super) fn has_several_outputs(&self) -> bool {
        let mut outputs = vec![1; self.nodes.len()];
        loop {
            let next: Vec<usize> = self
                .nodes
                .iter()
                .map(|node| self.all(&node.routes, &outputs).clamp(1, 2))
                .collect();
            if next == outputs {
                break;
            }
            outputs = next;
        }
        self.entries
            .iter()
            .map(|entry| outputs[*entry])
            .sum::<usize>()
            > 1
    }

    fn all(&self, routes: &[Route], outputs: &[usize]) -> usize {
        let one = |route: &Route| match route {
            Route::Edge(edge) => outputs[self.edges[*edge].to],
            Route::Match(_, arms) => {
                let best = arms.iter().map(|arm| self.all(&arm.routes, outputs)).max();
                best.unwrap_or(0)
            }
        };
        routes.iter().map(one).sum()
    }
}
