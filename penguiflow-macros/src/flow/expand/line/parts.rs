//! The body of a flow in parts. The compiler's work grows faster than a method's length, and so
//! does a trace's stack in debug builds.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::body::{Writer, ok_some};
use super::captures::Captures;
use super::method::{Method, lends_flow};
use crate::flow::expand::bounds::{TOGETHER, bounds};
use crate::flow::expand::literal::literal;
use crate::flow::lower::{Body, End, Flow, Step};

/// Cuts a body where a value comes to a node, so that no part has too many visits.
pub(super) fn cut(body: Body<'_>) -> Vec<Body<'_>> {
    let mut parts = Vec::new();
    let (mut steps, mut visits) = (Vec::new(), 0);
    let mut all = body.steps.into_iter().peekable();
    while let Some(step) = all.next() {
        let comes_to_node = matches!(step, Step::Edge(_) | Step::Block(..));
        visits += count(&step);
        steps.push(step);
        let next = all.peek().map_or(0, count);
        if comes_to_node && visits > 0 && visits + next > TOGETHER {
            parts.push(Body {
                steps: std::mem::take(&mut steps),
                end: End::Yield,
            });
            visits = 0;
        }
    }
    let end = body.end;
    parts.push(Body { steps, end });
    parts
}

fn count(step: &Step<'_>) -> usize {
    let mut visited = Visited::default();
    visited.add_step(step);
    visited.nodes.len()
}

/// A part, with the types of what it takes and gives.
pub(super) struct Part<'p, 'f> {
    body: &'p Body<'f>,
    /// The trait whose method it is.
    pub(super) run: TokenStream,
    takes: TokenStream,
    gives: TokenStream,
    pub(super) is_last: bool,
}

/// Parts of one body, of which each takes what the one before it gives.
pub(super) fn typed<'p, 'f>(flow: &Flow, parts: &'p [Body<'f>]) -> Vec<Part<'p, 'f>> {
    let last = parts.len() - 1;
    let mut takes = quote_mixed!(__In);
    let parts = parts.iter().enumerate().map(|(index, body)| {
        let gives = match body.steps.last() {
            Some(Step::Edge(along)) if index < last => flow.to(along.edge).input_type(),
            Some(Step::Block(node, _)) if index < last => node.input_type(),
            _ => quote_mixed!(__Out),
        };
        let (number, takes) = (literal(index), std::mem::replace(&mut takes, gives.clone()));
        let site = flow.declaration.site;
        Part {
            body,
            run: quote_spanned!(site=> __p::LinePart<__S, #number, #takes, #gives>),
            takes,
            gives,
            is_last: index == last,
        }
    });
    parts.collect()
}

impl Part<'_, '_> {
    pub(super) fn written(self, flow: &Flow, captures: &Captures<'_>) -> TokenStream {
        let mut writer = Writer::new(flow, captures);
        writer.is_main = self.is_last;
        let body = writer.body(self.body);
        let body = match self.body.end {
            End::Yield => ok_some(&quote_mixed!({ #body })),
            _ => body,
        };
        let mut visited = Visited::default();
        visited.add(self.body);
        let method = Method {
            of: self.run,
            name: quote_mixed!(part),
            param: quote_mixed!(out),
            takes: self.takes,
            gives: self.gives,
            lends_flow: lends_flow(flow),
        };
        let bounds = match visited.calls_function {
            true => bounds(&flow.nodes),
            false => bounds(visited.nodes.iter().map(|node| &flow.nodes[*node])),
        };
        method.written(flow, &bounds, &body)
    }
}

/// What a body runs.
#[derive(Default)]
struct Visited {
    /// The nodes, by index.
    nodes: BTreeSet<usize>,
    /// Whether it calls a function, which has the bounds of all nodes.
    calls_function: bool,
}

impl Visited {
    fn add(&mut self, body: &Body<'_>) {
        body.steps.iter().for_each(|step| self.add_step(step));
        match &body.end {
            End::Choice { arms, .. } => arms.iter().for_each(|(_, body)| self.add(body)),
            End::Else {
                node, on, failed, ..
            } => {
                self.nodes.insert(node.index);
                self.add(on);
                self.add(failed);
            }
            End::Round { on, exhausted, .. } => {
                self.add(on);
                self.add(exhausted);
            }
            End::Fork(fork) => {
                let branches = fork.branches.iter().map(|branch| &branch.body);
                let joins = fork.joins.iter().map(|(_, body)| body);
                branches.chain(joins).for_each(|body| self.add(body));
            }
            End::Detach(_) => self.calls_function = true,
            End::Yield
            | End::Never
            | End::Nothing
            | End::Continue(_)
            | End::Again { .. }
            | End::Break(_)
            | End::Output(_)
            | End::Fill { .. } => {}
        }
    }

    fn add_step(&mut self, step: &Step<'_>) {
        match step {
            Step::Visit(node) => drop(self.nodes.insert(node.index)),
            Step::Park(_) | Step::Enter(..) | Step::Edge(_) => {}
            Step::Block(_, body) | Step::Loop(_, body) => self.add(body),
            Step::Map(map) => self.add(&map.items),
            Step::Fork(fork) => {
                let branches = fork.branches.iter().map(|branch| &branch.body);
                branches.for_each(|body| self.add(body));
            }
        }
    }
}
