//! From what was written to a graph: a chain is drawn from its first stage to its last, and
//! each stage knows where it begins (its heads) and where it ends.

use std::collections::HashMap;

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Ident, Path};

use super::label::label;
use super::{Arm, Choice, Edge, Graph, Joining, Mention, Node, Route, Way};
use crate::flow::ast::{Chain, Flow, Join, Pattern, Stage};

pub(crate) fn draw(flow: &Flow) -> Graph {
    let mut drawing = Drawing {
        flow,
        graph: Graph::default(),
        known: HashMap::new(),
        before: Vec::new(),
    };
    for chain in flow.chains() {
        drawing.chain(chain);
    }
    let mut graph = drawing.graph;
    graph.find_hops();
    graph.find_meetings();
    graph
}

struct Drawing<'a> {
    flow: &'a Flow,
    graph: Graph,
    /// The nodes by the paths that name them.
    known: HashMap<String, usize>,
    /// The ends of the stages that stand before this one, in all chains around it: an arm that
    /// ends at one of them leads back, and not on to what follows its `match`.
    before: Vec<usize>,
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

/// Where a stage, or a chain of them, begins, and where it ends: branch by branch.
#[derive(Default)]
struct Drawn {
    heads: Vec<Head>,
    ends: Vec<Vec<End>>,
}

impl Drawing<'_> {
    fn chain(&mut self, chain: &Chain) -> Drawn {
        let outer = self.before.len();
        let mut whole: Option<Drawn> = None;
        for stage in &chain.stages {
            let before = whole.as_ref().map_or(&[][..], |whole| &whole.ends);
            let drawn = match stage {
                Stage::Join(join) => self.join(join, before),
                stage => self.stage(stage),
            };
            self.before
                .extend(drawn.ends.iter().flatten().map(|end| end.0));
            match &mut whole {
                None => whole = Some(drawn),
                Some(whole) => {
                    self.link_all(&whole.ends, &drawn.heads);
                    whole.ends = drawn.ends;
                }
            }
        }
        self.before.truncate(outer);
        whole.unwrap_or_default()
    }

    fn stage(&mut self, stage: &Stage) -> Drawn {
        match stage {
            Stage::Node(path) => {
                let node = self.mention(path);
                let last = path
                    .segments
                    .last()
                    .map_or_else(Span::call_site, Spanned::span);
                let heads = vec![Head::Node(node, path.span())];
                Drawn {
                    heads,
                    ends: vec![vec![End(node, last)]],
                }
            }
            Stage::Group(group) => {
                let mut whole = Drawn::default();
                for branch in &group.branches {
                    let drawn = self.chain(branch);
                    whole.heads.extend(drawn.heads);
                    whole.ends.push(united(drawn.ends));
                }
                whole
            }
            Stage::Match(routing) => {
                let mut arms = Vec::new();
                let mut ends = Vec::new();
                for arm in &routing.arms {
                    let drawn = self.chain(&arm.chain);
                    ends.extend(drawn.ends);
                    arms.push(ArmHead {
                        pattern: arm.pattern.clone(),
                        heads: drawn.heads,
                    });
                }
                let leads_on = |end: &End| !self.before.contains(&end.0);
                ends.iter_mut()
                    .for_each(|ends: &mut Vec<End>| ends.retain(leads_on));
                let heads = vec![Head::Match(routing.token.span, arms)];
                Drawn {
                    heads,
                    ends: vec![united(ends)],
                }
            }
            Stage::Join(_) => Drawn::default(),
        }
    }

    /// A join, linked to the branches before it. Nothing leads to it but these.
    fn join(&mut self, join: &Join, before: &[Vec<End>]) -> Drawn {
        let number = self.graph.joins().count();
        let name = if number == 0 {
            "join".to_owned()
        } else {
            format!("join{}", number + 1)
        };
        let ident = Ident::new(&name, join.span);
        let slots = before
            .iter()
            .map(|ends| ends.iter().map(|end| end.0).collect())
            .collect();
        let joining = Joining {
            kind: join.kind,
            slots,
            leads: Vec::new(),
            fault: None,
        };
        let path = Path::from(ident.clone());
        let node = self.graph.nodes.len();
        let (binding, ways) = (None, Vec::new());
        self.graph.nodes.push(Node {
            ident,
            path,
            binding,
            join: Some(joining),
            ways,
        });
        for (slot, ends) in before.iter().enumerate() {
            for end in ends {
                let route = self.edge(*end, node, (end.1, join.span), Some(slot), None);
                self.graph.nodes[end.0].ways.push(Way {
                    route,
                    opens: Vec::new(),
                });
            }
        }
        Drawn {
            heads: Vec::new(),
            ends: vec![vec![End(node, join.span)]],
        }
    }

    fn link_all(&mut self, ends: &[Vec<End>], heads: &[Head]) {
        for end in united(ends.to_vec()) {
            for head in heads {
                let route = self.link(end, head, None);
                self.graph.nodes[end.0].ways.push(Way {
                    route,
                    opens: Vec::new(),
                });
            }
        }
    }

    fn link(&mut self, end: End, head: &Head, choice: Option<&Choice>) -> Route {
        match head {
            Head::Node(to, span) => {
                // An arm stands for itself: what is before the `match` may be far away.
                let first = if choice.is_some() { *span } else { end.1 };
                self.edge(end, *to, (first, *span), None, choice)
            }
            Head::Match(span, arms) => {
                let of = self.graph.matches;
                self.graph.matches += 1;
                let arms = arms.iter().enumerate();
                let arms = arms.map(|(arm, head)| {
                    let mut arms = choice.map_or(Vec::new(), |outer| outer.arms.clone());
                    arms.push((of, arm));
                    self.link_arm(end, head, arms)
                });
                Route::Match(*span, arms.collect())
            }
        }
    }

    fn edge(
        &mut self,
        from: End,
        to: usize,
        spans: (Span, Span),
        slot: Option<usize>,
        choice: Option<&Choice>,
    ) -> Route {
        let choice = choice.cloned();
        self.graph.edges.push(Edge {
            from: from.0,
            to,
            spans,
            slot,
            choice,
            is_hop: false,
        });
        Route::Edge(self.graph.edges.len() - 1)
    }

    fn link_arm(&mut self, end: End, arm: &ArmHead, arms: Vec<(usize, usize)>) -> Arm {
        let label = label(&arm.pattern);
        let choice = Choice { arms, label };
        let routes: Vec<_> = arm
            .heads
            .iter()
            .map(|head| self.link(end, head, Some(&choice)))
            .collect();
        let ways = routes.into_iter().map(|route| Way {
            route,
            opens: Vec::new(),
        });
        Arm {
            pattern: arm.pattern.clone(),
            ways: ways.collect(),
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
                    join: None,
                    ways: Vec::new(),
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

/// The ends of several branches, each node once.
fn united(branches: Vec<Vec<End>>) -> Vec<End> {
    let mut ends: Vec<End> = Vec::new();
    for end in branches.into_iter().flatten() {
        if !ends.iter().any(|known| known.0 == end.0) {
            ends.push(end);
        }
    }
    ends
}
