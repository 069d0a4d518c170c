//! Builds the graph from the syntax tree, chain by chain. Each stage becomes a fragment, which
//! knows where it begins (its heads) and where it ends; edges connect the ends of one stage to the
//! heads of the next.

use std::collections::{BTreeMap, HashMap, HashSet};

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Ident, Path};

use super::connect::{ArmHead, End, Fragment, Head, merged};
use super::{Await, Graph, Join, Map, Mention, Node, Origin, Role, Way};
use crate::flow::ast::{self, Chain, Fallback, Flow, Group, Match, Parens, Stage};
use crate::flow::join_kind::JoinKind;

pub(crate) fn build(flow: &Flow) -> Graph {
    let bindings: Vec<_> = flow.bindings().enumerate().collect();
    let bindings = bindings
        .into_iter()
        .map(|(index, binding)| (&binding.name, index));
    let mut builder = Builder {
        graph: Graph::default(),
        bindings: bindings.rev().collect(),
        known: HashMap::new(),
        before: HashSet::new(),
    };
    for chain in flow.chains() {
        builder.chain(chain);
    }
    let mut graph = builder.graph;
    graph.name_internal_nodes();
    graph.find_back_edges();
    graph.open_joins();
    graph
}

struct Builder<'a> {
    graph: Graph,
    /// The `let`s by their names: the first of each.
    bindings: HashMap<&'a Ident, usize>,
    /// The nodes by the paths that name them.
    known: HashMap<String, usize>,
    /// The ends of the stages that stand before this one, in all chains around it: an arm that
    /// ends at one of them leads back, and not on to what follows its `match`.
    before: HashSet<usize>,
}

impl Builder<'_> {
    fn chain(&mut self, chain: &Chain) -> Fragment {
        let mut passed = Vec::new();
        // The join after a group with `_` in it, which `_` leads to before the group's other
        // branches do.
        let mut led_to = None;
        let mut whole: Option<Fragment> = None;
        let mut stages = chain.stages.iter().peekable();
        while let Some(stage) = stages.next() {
            let before = whole.as_ref().map_or(&[][..], |whole| &whole.ends);
            let fragment = match stage {
                Stage::Join(join) => {
                    let node = led_to.take();
                    let node = node.unwrap_or_else(|| self.join_node(join, before.len()));
                    self.fill(node, join.span, before).into_fragment()
                }
                Stage::Group(group) => {
                    let branches = self.branches(group);
                    if let Some(Stage::Join(join)) = stages.peek()
                        && group.hands_on()
                    {
                        led_to = Some(self.join_node(join, branches.len()));
                    }
                    together(group, branches, led_to)
                }
                Stage::Map(map) => {
                    let join = stages.next_if(|next| matches!(next, Stage::Join(_)));
                    self.map(map, join, before)
                }
                stage => self.stage(stage),
            };
            let ends = fragment.ends.iter().flatten().map(|end| end.0);
            passed.extend(ends.filter(|end| self.before.insert(*end)));
            match &mut whole {
                None => whole = Some(fragment),
                Some(whole) => {
                    if whole.ends.iter().all(Vec::is_empty) {
                        let first = fragment.heads.first();
                        let unreached = first.and_then(|head| self.graph.span_of_users(head));
                        self.graph.unreached.extend(unreached);
                    }
                    if matches!(stage, Stage::Node(_)) {
                        self.graph.find_unjoined(&whole.ends, &fragment.heads);
                    }
                    self.graph.connect_all(&whole.ends, &fragment.heads);
                    whole.ends = fragment.ends;
                }
            }
        }
        passed.iter().for_each(|end| {
            self.before.remove(end);
        });
        whole.unwrap_or_default()
    }

    /// A stage that needs nothing of the stages around it.
    fn stage(&mut self, stage: &Stage) -> Fragment {
        match stage {
            Stage::Node(path) => self.node(path),
            Stage::Match(routing) => self.routing(routing),
            Stage::Parens(parens) => self.part(parens),
            Stage::Await(wait) => self.wait(wait),
            Stage::Else(fallback) => self.fallback(fallback),
            Stage::HandOn(_) | Stage::Group(_) | Stage::Join(_) | Stage::Map(_) => {
                Fragment::default()
            }
        }
    }

    fn node(&mut self, path: &Path) -> Fragment {
        let node = self.mention(path);
        let last = path.segments.last();
        let last = last.map_or_else(Span::call_site, Spanned::span);
        Fragment::of(node, path.span(), last)
    }

    fn part(&mut self, parens: &Parens) -> Fragment {
        let (number, label) = (parens.number, parens.label.clone());
        let span = parens.paren.span.join();
        let role = Role::Visit(Origin::Part { number, label });
        let node = self.internal_node("part", span, role);
        Fragment::of(node, span, span)
    }

    fn branches(&mut self, group: &Group) -> Vec<Fragment> {
        let branches = group.branches.iter();
        branches.map(|branch| self.chain(branch)).collect()
    }

    fn routing(&mut self, routing: &Match) -> Fragment {
        let mut arms = Vec::new();
        let mut ends = Vec::new();
        for arm in &routing.arms {
            let fragment = self.chain(&arm.chain);
            ends.extend(fragment.ends);
            arms.push(ArmHead {
                pattern: arm.pattern.clone(),
                heads: fragment.heads,
            });
        }
        let leads_on = |end: &End| !self.before.contains(&end.0);
        ends.iter_mut()
            .for_each(|ends: &mut Vec<End>| ends.retain(leads_on));
        Fragment {
            heads: vec![Head::Match(routing.token.span, arms)],
            ends: vec![merged(ends)],
        }
    }

    /// A node, and those that take its input if it fails. The next stage follows all of them.
    fn fallback(&mut self, fallback: &Fallback) -> Fragment {
        let mut fragment = self.stage(&fallback.first);
        let mut ends = merged(fragment.ends);
        for other in &fallback.others {
            let taking_over = merged(self.stage(other).ends);
            for (from, to) in ends.last().copied().into_iter().zip(&taking_over) {
                let edge = self.graph.edge(from.0, to.0, (from.1, to.1));
                self.graph.edges[edge].is_fallback = true;
                self.graph.nodes[from.0].fallbacks.push(edge);
            }
            ends.extend(taking_over);
        }
        fragment.ends = vec![ends];
        fragment
    }

    fn wait(&mut self, wait: &ast::Await) -> Fragment {
        let waiting = Await {
            ty: wait.ty.clone(),
            within: wait.within,
        };
        let node = self.internal_node("wait", wait.span, Role::Await(waiting));
        Fragment::of(node, wait.span, wait.span)
    }

    /// A map. It begins at a node of its own, and its items end in the join after it; where there
    /// is none, in a join of kind `Each`.
    fn map(&mut self, map: &ast::Map, join: Option<&Stage>, before: &[Vec<End>]) -> Fragment {
        let span = map.span();
        let mapping = Map {
            limit: map.limit.clone(),
            max: map.max.clone(),
            join: 0,
        };
        let node = self.internal_node("map", span, Role::Map(mapping));
        let mut heads = vec![Head::Node(node, span)];
        if !before.is_empty() {
            self.graph.connect_all(before, &heads);
            heads.clear();
        }
        let items = self.chain(&map.chain);
        self.graph
            .connect_all(&[vec![End(node, span)]], &items.heads);
        let ends = [merged(items.ends)];
        let (kind, span) = match join {
            Some(Stage::Join(join)) => (join.kind, join.span),
            _ => (JoinKind::Each, span),
        };
        let end = self.internal_join(kind, span, 1, Some(node));
        let end = self.fill(end, span, &ends);
        if let Role::Map(mapping) = &mut self.graph.nodes[node].role {
            mapping.join = end.0;
        }
        let ends = end.into_fragment().ends;
        Fragment { heads, ends }
    }

    fn join_node(&mut self, join: &ast::Join, inputs: usize) -> usize {
        self.internal_join(join.kind, join.span, inputs, None)
    }

    /// A join that nothing leads to yet.
    fn internal_join(
        &mut self,
        kind: JoinKind,
        span: Span,
        inputs: usize,
        map: Option<usize>,
    ) -> usize {
        let joining = Join {
            kind,
            map,
            slots: vec![Vec::new(); inputs],
            leads: BTreeMap::new(),
            fault: None,
        };
        self.internal_node(kind.word(), span, Role::Join(joining))
    }

    /// Connects a join to the branches before it.
    fn fill(&mut self, node: usize, span: Span, before: &[Vec<End>]) -> End {
        for (slot, ends) in before.iter().enumerate() {
            for end in ends {
                let edge = self.graph.input(end.0, node, slot, (end.1, span));
                self.graph.nodes[end.0].ways.push(Way::along(edge));
            }
        }
        End(node, span)
    }

    /// Adds a node that is not the user's.
    fn internal_node(&mut self, name: &str, span: Span, role: Role) -> usize {
        let ident = Ident::new(name, span);
        let path = Path::from(ident.clone());
        self.graph.nodes.push(Node::new(ident, path, role));
        self.graph.nodes.len() - 1
    }

    fn mention(&mut self, path: &Path) -> usize {
        let (bindings, nodes) = (&self.bindings, &mut self.graph.nodes);
        let node = *self
            .known
            .entry(path.to_token_stream().to_string())
            .or_insert_with(|| {
                let last = path.segments.last().expect("a path has a segment");
                let name = path.get_ident();
                let binding = name.and_then(|name| bindings.get(name).copied());
                let role = Role::Visit(binding.map_or(Origin::Function, Origin::Let));
                nodes.push(Node::new(last.ident.clone(), path.clone(), role));
                nodes.len() - 1
            });
        self.graph.mentions.push(Mention {
            path: path.clone(),
            node,
        });
        node
    }
}

/// The branches of a group, of which `_` leads to this join.
fn together(group: &Group, branches: Vec<Fragment>, join: Option<usize>) -> Fragment {
    let mut whole = Fragment::default();
    for (slot, (branch, fragment)) in group.branches.iter().zip(branches).enumerate() {
        if let (Some(token), Some(join)) = (branch.hands_on(), join) {
            let span = token.span;
            whole.heads.push(Head::Input { join, slot, span });
        }
        whole.heads.extend(fragment.heads);
        whole.ends.push(merged(fragment.ends));
    }
    whole
}
