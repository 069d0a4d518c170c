//! What was likely meant where an edge does not fit: asked of the types, before anything else is
//! said of the node that the edge leads to. If it holds, that is the one error, and the node is no
//! type.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};

use super::names::Names;
use crate::flow::ast::Kind;
use crate::flow::graph::{Edge, Graph, Role, Unjoined};
use crate::runtime::path_at;

/// For each node, what is asked of the types before it is one.
pub(super) struct Meant {
    pub(super) asked: Vec<TokenStream>,
    /// The nodes whose types are asked.
    pub(super) known: BTreeSet<usize>,
}

impl Meant {
    pub(super) fn of(graph: &Graph, names: &Names) -> Self {
        let mut asking = Asking {
            graph,
            names,
            known: BTreeSet::new(),
        };
        let nodes = 0..graph.nodes.len();
        Self {
            asked: nodes.map(|node| asking.at(node)).collect(),
            known: asking.known,
        }
    }
}

/// A node's type, before it is asked what was meant.
pub(super) fn plain(node: usize) -> Ident {
    format_ident!("__plain{node}")
}

/// The nodes that follow a loop of which `Break` was perhaps meant to lead to them.
pub(super) fn after_loops(graph: &Graph) -> impl Iterator<Item = usize> {
    let edges = graph.edges.iter().filter(|edge| may_be_meant(edge));
    let edges = edges.filter(|edge| graph.nodes[edge.from].is_visited() && edge.choice.is_none());
    let after = edges.filter(|edge| loop_before(graph, edge).is_some());
    after
        .map(|edge| edge.to)
        .filter(|node| graph.nodes[*node].is_visited())
}

fn may_be_meant(edge: &Edge) -> bool {
    !edge.is_fallback && !edge.is_hop
}

/// The way round of a loop that an edge leads out of.
fn loop_before<'g>(graph: &'g Graph, edge: &Edge) -> Option<&'g Edge> {
    let (mut out, mut into) = (graph.edges_from(edge.from), graph.edges_to(edge.from));
    let by_hop = out.find(|edge| edge.is_hop);
    by_hop.or_else(|| into.find(|edge| edge.is_hop))
}

struct Asking<'a> {
    graph: &'a Graph,
    names: &'a Names,
    known: BTreeSet<usize>,
}

impl<'a> Asking<'a> {
    fn at(&mut self, node: usize) -> TokenStream {
        let graph: &'a Graph = self.graph;
        let mut asked = TokenStream::new();
        for unjoined in graph
            .unjoined
            .iter()
            .filter(|unjoined| unjoined.node == node)
        {
            asked.extend(self.joins(unjoined));
        }
        for edge in graph.edges_to(node).filter(|edge| may_be_meant(edge)) {
            asked.extend(match &graph.nodes[edge.from].role {
                // An arm may pass one of the outputs on.
                Role::Join(join)
                    if join.kind == Kind::Join && join.map.is_none() && edge.choice.is_none() =>
                {
                    self.takes_apart(edge, &join.slots)
                }
                Role::Visit { .. } if edge.choice.is_none() => self.goes_on(edge),
                _ => None,
            });
        }
        asked
    }

    /// `[web, wiki] -> pack`, where `pack` takes the tuple.
    fn joins(&mut self, unjoined: &Unjoined) -> TokenStream {
        let (names, ends) = (self.name_list(&unjoined.ends), &unjoined.ends);
        let (taken, to) = (self.taken(unjoined.node), self.name(unjoined.node));
        let outputs: Vec<_> = ends.iter().map(|end| self.output(*end)).collect();
        let first = outputs.first();
        let first = first.iter();
        let (whole, group, each) = match unjoined.is_map {
            true => (
                // All ends of an item have one type.
                ours!(::std::vec::Vec<#(#first)*>),
                format!("[{names}; 8]"),
                "each item of the map",
            ),
            false => (ours!((#(#outputs,)*)), format!("[{names}]"), "each branch"),
        };
        let message = format!(
            "`{to}` takes what all of `{group}` output, but {each} goes on to it by itself\n\
             help: write `{group} -> join -> {to}`"
        );
        self.fault(
            &ours!(__p::Same::<#whole, #taken>::IS_SAME),
            &message,
            unjoined.spans,
        )
    }

    /// `[web, wiki] -> join -> pack`, where `pack` takes the first output, and then the others.
    fn takes_apart(&mut self, edge: &Edge, slots: &[Vec<usize>]) -> Option<TokenStream> {
        let ends: Vec<_> = slots.iter().map(|slot| slot[0]).collect();
        if !ends.iter().all(|end| self.graph.nodes[*end].is_visited()) {
            return None;
        }
        let (to, names) = (self.name(edge.to), self.name_list(&ends));
        let (first, taken) = (self.output(ends[0]), self.taken(edge.to));
        let message = format!(
            "`{to}` takes only what `{}` outputs as its message, but a join hands on one tuple\n\
             help: take it as one parameter: `async fn {to}(({names}): ({}))`",
            self.name(ends[0]),
            vec!["_"; ends.len()].join(", "),
        );
        let asked = ours!(__p::Same::<#first, #taken>::IS_SAME);
        Some(self.fault(&asked, &message, edge.spans))
    }

    /// `think -> think -> format`, where `format` takes what `think` breaks with.
    fn goes_on(&mut self, edge: &Edge) -> Option<TokenStream> {
        let graph = self.graph;
        let hop = loop_before(graph, edge)?;
        let round = graph.round(hop);
        let round = round
            .iter()
            .chain(round.first())
            .map(|node| self.name(*node));
        let round = round.collect::<Vec<_>>().join(" -> ");
        let (from, to) = (self.name(edge.from), self.name(edge.to));
        let message = format!(
            "`{to}` takes what `{from}` breaks with, but `Break` leaves the flow, past `{to}`\n\
             help: make a flow with a name of the loop, `flow! {{ struct Loop(Input) -> Output; \
             {round}; }}`, and write `Loop -> {to}`"
        );
        let (plain, taken, output) = (
            self.plain(edge.from),
            self.taken(edge.to),
            self.output(edge.from),
        );
        let asked = ours!(
            __p::Same::<__p::Exit<#plain>, __p::BreaksWith<#taken>>::IS_SAME
                && !__p::Same::<#output, #taken>::IS_SAME
        );
        Some(self.fault(&asked, &message, edge.spans))
    }

    /// Stops the compiler where this holds.
    fn fault(
        &self,
        asked: &TokenStream,
        message: &str,
        (first, last): (Span, Span),
    ) -> TokenStream {
        let callee = path_at(&self.names.runtime, first);
        let argument = quote_spanned!(last=> (#message));
        ours! {
            if #asked {
                #callee::__private::fault #argument
            }
        }
    }

    fn name(&self, node: usize) -> &'a str {
        let names: &'a Names = self.names;
        &names.labels[node]
    }

    fn name_list(&self, nodes: &[usize]) -> String {
        let names: Vec<_> = nodes.iter().map(|node| self.name(*node)).collect();
        names.join(", ")
    }

    fn output(&mut self, node: usize) -> TokenStream {
        let plain = self.plain(node);
        ours!(__p::Out<#plain>)
    }

    fn taken(&mut self, node: usize) -> TokenStream {
        let plain = self.plain(node);
        ours!(__p::In<#plain>)
    }

    fn plain(&mut self, node: usize) -> Ident {
        self.known.insert(node);
        plain(node)
    }
}
