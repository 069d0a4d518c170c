//! From what was written to a graph: a chain is drawn from its first stage to its last, and
//! each stage knows where it begins (its heads) and where it ends.

use std::collections::HashMap;

use proc_macro2::Span;
use quote::ToTokens;
use syn::Path;
use syn::spanned::Spanned;

use super::label::label;
use super::{Arm, Choice, Edge, Graph, Mention, Node, Route};
use crate::flow::ast::{Chain, Flow, Pattern, Stage};

pub(crate) fn draw(flow: &Flow) -> Graph {
    let mut drawing = Drawing {
        flow,
        graph: Graph::default(),
        known: HashMap::new(),
    };
    for chain in flow.chains() {
        drawing.chain(chain);
    }
    let mut graph = drawing.graph;
    graph.find_hops();
    graph
}

struct Drawing<'a> {
    flow: &'a Flow,
    graph: Graph,
    /// The nodes by the paths that name them.
    known: HashMap<String, usize>,
}

/// Where a stage begins.
enum Head {
    Node(usize, Span),
    Match(Span, Vec<ArmHead>),
}

struct ArmHead {
    pattern: Pattern,
    heads: Vec<Head>,
}

/// Where a stage ends: at this node, which was named there.
#[derive(Clone, Copy)]
struct End(usize, Span);

/// Where a stage, or a chain of them, begins and ends.
struct Drawn {
    heads: Vec<Head>,
    ends: Vec<End>,
}

impl Drawing<'_> {
    fn chain(&mut self, chain: &Chain) -> Drawn {
        let mut whole: Option<Drawn> = None;
        for stage in &chain.stages {
            let drawn = self.stage(stage);
            match &mut whole {
                None => whole = Some(drawn),
                Some(whole) => {
                    self.link_all(&whole.ends, &drawn.heads);
                    whole.ends = drawn.ends;
                }
            }
        }
        whole.unwrap_or(Drawn {
            heads: Vec::new(),
            ends: Vec::new(),
        })
    }

    fn stage(&mut self, stage: &Stage) -> Drawn {
        match stage {
            Stage::Node(path) => {
                let node = self.mention(path);
                let last = path
                    .segments
                    .last()
                    .map_or_else(Span::call_site, Spanned::span);
                Drawn {
                    heads: vec![Head::Node(node, path.span())],
                    ends: vec![End(node, last)],
                }
            }
            Stage::Group(group) => {
                let mut whole = Drawn {
                    heads: Vec::new(),
                    ends: Vec::new(),
                };
                for branch in &group.branches {
                    let drawn = self.chain(branch);
                    whole.heads.extend(drawn.heads);
                    join_ends(&mut whole.ends, drawn.ends);
                }
                whole
            }
            Stage::Match(routing) => {
                let mut arms = Vec::new();
                let mut ends = Vec::new();
                for arm in &routing.arms {
                    let drawn = self.chain(&arm.chain);
                    join_ends(&mut ends, drawn.ends);
                    arms.push(ArmHead {
                        pattern: arm.pattern.clone(),
                        heads: drawn.heads,
                    });
                }
                Drawn {
                    heads: vec![Head::Match(routing.token.span, arms)],
                    ends,
                }
            }
        }
    }

    fn link_all(&mut self, ends: &[End], heads: &[Head]) {
        for end in ends {
            for head in heads {
                let route = self.link(*end, head, None);
                self.graph.nodes[end.0].routes.push(route);
            }
        }
    }

    fn link(&mut self, end: End, head: &Head, choice: Option<&Choice>) -> Route {
        match head {
            Head::Node(to, span) => {
                // An arm stands for itself: what is before the `match` may be far away.
                let first = if choice.is_some() { *span } else { end.1 };
                self.graph.edges.push(Edge {
                    from: end.0,
                    to: *to,
                    spans: (first, *span),
                    choice: choice.cloned(),
                    is_hop: false,
                });
                Route::Edge(self.graph.edges.len() - 1)
            }
            Head::Match(span, arms) => {
                let of = self.graph.matches;
                self.graph.matches += 1;
                let arms = arms.iter().enumerate();
                Route::Match(
                    *span,
                    arms.map(|(arm, head)| {
                        let mut arms = choice.map_or(Vec::new(), |outer| outer.arms.clone());
                        arms.push((of, arm));
                        self.link_arm(end, head, arms)
                    })
                    .collect(),
                )
            }
        }
    }

    fn link_arm(&mut self, end: End, arm: &ArmHead, arms: Vec<(usize, usize)>) -> Arm {
        let label = label(&arm.pattern);
        let choice = Choice { arms, label };
        let heads = arm.heads.iter();
        Arm {
            pattern: arm.pattern.clone(),
            routes: heads
                .map(|head| self.link(end, head, Some(&choice)))
                .collect(),
        }
    }

    fn mention(&mut self, path: &Path) -> usize {
        let (flow, nodes) = (self.flow, &mut self.graph.nodes);
        let node = *self
            .known
            .entry(path.to_token_stream().to_string())
            .or_insert_with(|| {
                let last = path.segments.last().expect("a path has a segment");
                let binding = path
                    .get_ident()
                    .and_then(|name| flow.bindings().position(|binding| binding.name == *name));
                let (ident, path) = (last.ident.clone(), path.clone());
                nodes.push(Node {
                    ident,
                    path,
                    binding,
                    routes: Vec::new(),
                });
                nodes.len() - 1
            });
        self.graph.mentions.push(Mention {
            path: path.clone(),
            node,
        });
        node
    }
}

/// A node that several branches or arms end at is one end.
fn join_ends(ends: &mut Vec<End>, more: Vec<End>) {
    for end in more {
        if !ends.iter().any(|known| known.0 == end.0) {
            ends.push(end);
        }
    }
}
