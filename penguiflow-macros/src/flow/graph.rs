//! The graph of a flow: which nodes there are, what leads where, and what goes round.

use std::collections::HashMap;

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Ident, Path};

use super::ast::{Flow, Stage};

/// A flow's nodes and edges, in the order in which it names them.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
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
}

pub(super) struct Mention {
    pub(super) path: Path,
    pub(super) node: usize,
}

pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Where the two nodes are named.
    pub(super) spans: (Span, Span),
    /// Whether it goes round a loop.
    pub(super) is_hop: bool,
}

impl Graph {
    pub(super) fn edges_from(&self, node: usize) -> impl Iterator<Item = (usize, &Edge)> {
        let edges = self.edges.iter().enumerate();
        edges.filter(move |(_, edge)| edge.from == node)
    }

    /// The nodes without successors, which lead to Rookery.
    pub(super) fn exits(&self) -> Vec<usize> {
        let all = 0..self.nodes.len();
        all.filter(|node| self.edges_from(*node).next().is_none())
            .collect()
    }

    /// How a loop runs: from the node that its hop leads to, to the one that it starts at.
    pub(super) fn round(&self, hop: &Edge) -> Vec<usize> {
        let mut before = vec![None; self.nodes.len()];
        let mut frontier = vec![hop.to];
        while let Some(node) = frontier.pop() {
            for (_, edge) in self.edges_from(node).filter(|(_, edge)| !edge.is_hop) {
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

    /// Whether a trace can have several outputs: whether some node sends its output
    /// several ways, for without joins every way leads out.
    pub(super) fn has_several_outputs(&self) -> bool {
        let forks = |node| self.edges_from(node).count() > 1;
        self.entries.len() > 1 || (0..self.nodes.len()).any(forks)
    }
}

pub(super) fn draw(flow: &Flow) -> Graph {
    let mut graph = Graph::default();
    let mut known = HashMap::new();
    for chain in flow.chains() {
        let mut before: Option<(usize, Span)> = None;
        for Stage::Node(path) in &chain.stages {
            let node = graph.mention(flow, path, &mut known);
            if let Some((from, span)) = before {
                let spans = (span, path.span());
                graph.edges.push(Edge {
                    from,
                    to: node,
                    spans,
                    is_hop: false,
                });
            }
            before = Some((
                node,
                path.segments
                    .last()
                    .map_or_else(Span::call_site, Spanned::span),
            ));
        }
    }
    graph.find_hops();
    graph
}

impl Graph {
    fn mention(&mut self, flow: &Flow, path: &Path, known: &mut HashMap<String, usize>) -> usize {
        let node = *known
            .entry(path.to_token_stream().to_string())
            .or_insert_with(|| {
                let ident = path
                    .segments
                    .last()
                    .expect("a path has a segment")
                    .ident
                    .clone();
                let binding = path
                    .get_ident()
                    .and_then(|name| flow.bindings().position(|binding| binding.name == *name));
                self.nodes.push(Node {
                    ident,
                    path: path.clone(),
                    binding,
                });
                self.nodes.len() - 1
            });
        self.mentions.push(Mention {
            path: path.clone(),
            node,
        });
        node
    }

    /// Walks the graph depth first: an edge back to a node that is still being walked from
    /// goes round a loop. Nodes that nothing leads to are walked from first, then, in the
    /// order of the text, what is left, which is loops.
    fn find_hops(&mut self) {
        let all = 0..self.nodes.len();
        let led_to = |node: &usize| {
            self.edges
                .iter()
                .any(|edge| edge.to == *node && edge.from != *node)
        };
        let (inner, outer): (Vec<_>, Vec<_>) = all.partition(led_to);
        let mut walk = Walk {
            marks: vec![Mark::New; self.nodes.len()],
            done: Vec::new(),
        };
        for root in outer.into_iter().chain(inner) {
            walk.from(root, &mut self.edges);
        }
        walk.done.reverse();
        self.order = walk.done;
        let forward = |edge: &&Edge| !edge.is_hop;
        let entered = |node: &usize| {
            !self
                .edges
                .iter()
                .filter(forward)
                .any(|edge| edge.to == *node)
        };
        self.entries = (0..self.nodes.len()).filter(entered).collect();
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

struct Walk {
    marks: Vec<Mark>,
    done: Vec<usize>,
}

impl Walk {
    fn from(&mut self, root: usize, edges: &mut [Edge]) {
        if self.marks[root] != Mark::New {
            return;
        }
        self.marks[root] = Mark::Open;
        // The next edge to look at, for each node on the way here: no recursion, since a
        // chain may be long.
        let mut way = vec![(root, 0)];
        while let Some((node, next)) = way.last_mut() {
            let Some(edge) = edges.get_mut(*next) else {
                self.marks[*node] = Mark::Done;
                self.done.push(*node);
                way.pop();
                continue;
            };
            *next += 1;
            if edge.from != *node {
                continue;
            }
            match self.marks[edge.to] {
                Mark::Open => edge.is_hop = true,
                Mark::New => {
                    self.marks[edge.to] = Mark::Open;
                    let to = edge.to;
                    way.push((to, 0));
                }
                Mark::Done => {}
            }
        }
    }
}
