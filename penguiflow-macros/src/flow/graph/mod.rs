//! The graph of a flow: which nodes there are, what leads where, and what goes round.

mod cross;
mod draw;
mod hops;
mod label;
mod meet;

use proc_macro2::Span;
use syn::{Ident, Path};

use super::ast::{Kind, Pattern};

pub(super) use draw::draw;

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
}

pub(super) struct Node {
    /// The name: a path's last word, or that of a `let`.
    pub(super) ident: Ident,
    pub(super) path: Path,
    /// The place of its `let` among the bindings.
    pub(super) binding: Option<usize>,
    /// What meets in it, if it is no node of the user's.
    pub(super) join: Option<Joining>,
    /// Where its output goes: all of these, at once.
    pub(super) ways: Vec<Way>,
}

/// A place where branches meet. It stands among the nodes: what it makes of them goes on
/// as a node's output does.
pub(super) struct Joining {
    pub(super) kind: Kind,
    /// For each of its inputs, the nodes that it comes from: several where a `match` decides.
    pub(super) slots: Vec<Vec<usize>>,
    /// For each node, the inputs that a message of it helps to fill, as bits.
    pub(super) leads: Vec<u64>,
    /// What is wrong with it, if anything is.
    pub(super) fault: Option<Unmet>,
}

/// Why branches cannot meet.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Unmet {
    /// No message ever comes to all inputs.
    Never,
    /// An input comes more than once.
    Twice(usize),
    /// An input also comes by a way that leads to none of the others.
    Alone(usize),
    /// A node on a branch leads elsewhere, too, though the branch may be dropped.
    Elsewhere(usize),
    /// It begins to wait on a branch of that join, and is met outside.
    Across(usize),
    /// One way leads to several inputs, where a failure has to be told from the others'.
    Mixed,
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
        all.filter(|node| self.nodes[*node].ways.is_empty())
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

    /// The joins, by their places among the nodes.
    pub(super) fn joins(&self) -> impl Iterator<Item = (usize, &Joining)> {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter_map(|(place, node)| Some((place, node.join.as_ref()?)))
    }

    /// Whether a trace can have several outputs.
    ///
    /// Counted up to two, for each node at once, until the counts stand: a node gives as
    /// many as all of its ways together, a `match` as many as the best of its arms, an exit
    /// or a `Break` one. A join's outputs are those of its first input.
    pub(super) fn has_several_outputs(&self) -> bool {
        let may_break: Vec<usize> = (0..self.nodes.len())
            .map(|node| usize::from(!self.leads_to_a_join(node)))
            .collect();
        let mut outputs = vec![0; self.nodes.len()];
        loop {
            let count =
                |(node, least): (&Node, &usize)| self.all(&node.ways, &outputs).clamp(*least, 2);
            let next: Vec<usize> = self.nodes.iter().zip(&may_break).map(count).collect();
            if next == outputs {
                break;
            }
            outputs = next;
        }
        self.entries
            .iter()
            .map(|entry| outputs[entry.node])
            .sum::<usize>()
            > 1
    }

    /// Whether a message of the node is on its way to a join, which it would leave waiting if
    /// it left the flow.
    fn leads_to_a_join(&self, node: usize) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut frontier = vec![node];
        while let Some(node) = frontier.pop() {
            for edge in self.edges_from(node) {
                if edge.slot.is_some() {
                    return true;
                }
                if !std::mem::replace(&mut seen[edge.to], true) {
                    frontier.push(edge.to);
                }
            }
        }
        false
    }

    fn all(&self, ways: &[Way], outputs: &[usize]) -> usize {
        let one = |way: &Way| match &way.route {
            Route::Edge(edge) => self.along(&self.edges[*edge], outputs),
            Route::Match(_, arms) => {
                let best = arms.iter().map(|arm| self.all(&arm.ways, outputs)).max();
                best.unwrap_or(0)
            }
        };
        ways.iter().map(one).sum()
    }

    fn along(&self, edge: &Edge, outputs: &[usize]) -> usize {
        match edge.slot {
            Some(slot) if slot > 0 => 0,
            _ => outputs[edge.to],
        }
    }
}
