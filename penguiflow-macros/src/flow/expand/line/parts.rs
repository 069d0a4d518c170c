//! The body of a flow in parts: what the compiler checks together grows with it, and so does a
//! trace's stack in debug builds.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::body::{came, number, over};
use super::bounds::bounds;
use super::needs::{Needs, detaches};
use super::{lent_flow, writer};
use crate::flow::expand::names::Names;
use crate::flow::graph::Graph;
use crate::flow::lower::code::{Body, Code, End, Step};

/// The most visits that stand together, where the flow can be cut.
const TOGETHER: usize = 16;

/// The body of a flow, and what it calls.
pub(super) struct Parts {
    pub(super) body: TokenStream,
    pub(super) bounds: TokenStream,
    pub(super) others: TokenStream,
}

impl Parts {
    pub(super) fn of(graph: &Graph, names: &Names, needs: &Needs, code: Code<'_>) -> Self {
        let detaches = detaches(&code.main);
        let cut = match detaches {
            true => vec![code.main],
            false => cut(code.main),
        };
        match <[Body<'_>; 1]>::try_from(cut) {
            Ok([body]) => Self::whole(graph, names, needs, &body, detaches),
            Err(parts) => Self::in_parts(graph, names, needs, parts),
        }
    }

    fn whole(graph: &Graph, names: &Names, needs: &Needs, body: &Body<'_>, detaches: bool) -> Self {
        let mut writer = writer(graph, names, needs);
        writer.is_main = !detaches;
        let body = writer.body(body);
        let body = match detaches {
            false => ours! {
                let out = input;
                #body
            },
            true => ours! {
                let detached = __p::DetachedBranches::new();
                let ended = ::core::clone::Clone::clone(&detached).run::<()>(async move {
                    let out = input;
                    let ended: __p::BranchResult<()> = { #body };
                    ended
                });
                ended.await.map(|_| ::core::option::Option::None)
            },
        };
        Self {
            body,
            bounds: bounds(graph, names, 0..graph.nodes.len()),
            others: TokenStream::new(),
        }
    }

    fn in_parts(graph: &Graph, names: &Names, needs: &Needs, parts: Vec<Body<'_>>) -> Self {
        let last = parts.len() - 1;
        let (mut body, mut bounds, mut others) = (
            ours!(let out = input;),
            TokenStream::new(),
            TokenStream::new(),
        );
        let mut takes = ours!(__In);
        for (place, part) in parts.iter().enumerate() {
            let number = number(place);
            let mut writer = writer(graph, names, needs);
            writer.is_main = place == last;
            let gives = match leads_to(graph, part) {
                Some(node) if place < last => writer.input(node),
                _ => ours!(__Out),
            };
            let run = quote_spanned!(names.site=> __p::LinePart<__S, #number, #takes, #gives>);
            let call = ours! {
                <Self as #run>::part(self, state, &mut *cursor, out, outputs).await
            };
            let over = over();
            body.extend(match place == last {
                true => ours!(#call),
                false => ours! {
                    let ::core::option::Option::Some(out) = #call? else { #over };
                },
            });
            bounds.extend(ours!(Self: #run,));
            others.extend(written(graph, names, &writer, part, &run, &takes, &gives));
            takes = gives;
        }
        Self {
            body,
            bounds,
            others,
        }
    }
}

/// A part by itself.
fn written(
    graph: &Graph,
    names: &Names,
    writer: &super::Writer<'_>,
    part: &Body<'_>,
    run: &TokenStream,
    takes: &TokenStream,
    gives: &TokenStream,
) -> TokenStream {
    let mut nodes = BTreeSet::new();
    visited(part, &mut nodes);
    let (flow, bounds) = (&names.flow, bounds(graph, names, nodes.into_iter()));
    let body = writer.body(part);
    let body = match part.end {
        End::Yield => {
            let came = came(&ours!({ #body }));
            ours!(#came)
        }
        _ => body,
    };
    let bounds = ours! {
        __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        #bounds
    };
    let head = quote_spanned!(names.site=> impl<__S> #run for #flow where #bounds);
    let lent = lent_flow(graph, false);
    let code = ours! {
        #[allow(unused_variables, unused_mut, unreachable_code, clippy::all)]
        fn part<'__t>(
            &'__t self,
            state: &'__t __S,
            cursor: &mut __p::Cursor<'__t>,
            out: #takes,
            outputs: &'__t __p::Outputs<<Self as __p::Topology>::Out>,
        ) -> impl ::core::future::Future<
            Output = __p::BranchResult<#gives>,
        > + ::core::marker::Send {
            #lent
            async move { #body }
        }
    };
    quote_spanned!(names.site=> #[allow(unused_qualifications)] #head { #code })
}

/// Cuts a body behind edges, so that not too many visits stand together.
fn cut(body: Body<'_>) -> Vec<Body<'_>> {
    let mut parts = Vec::new();
    let (mut steps, mut visits) = (Vec::new(), 0);
    let mut all = body.steps.into_iter().peekable();
    while let Some(step) = all.next() {
        let is_edge = matches!(step, Step::Edge(_));
        visits += count(&step);
        steps.push(step);
        let next = all.peek().map_or(0, count);
        if is_edge && visits > 0 && visits + next > TOGETHER {
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
    let mut nodes = BTreeSet::new();
    visited_in(step, &mut nodes);
    nodes.len()
}

/// The node that a part leads to.
fn leads_to(graph: &Graph, part: &Body<'_>) -> Option<usize> {
    match part.steps.last() {
        Some(Step::Edge(along)) => Some(graph.target(along.edge)),
        _ => None,
    }
}

/// The nodes that a body visits.
fn visited(body: &Body<'_>, nodes: &mut BTreeSet<usize>) {
    body.steps.iter().for_each(|step| visited_in(step, nodes));
    match &body.end {
        End::Choice { arms, .. } => arms.iter().for_each(|(_, body)| visited(body, nodes)),
        End::Else {
            node, on, failed, ..
        } => {
            nodes.insert(*node);
            visited(on, nodes);
            visited(failed, nodes);
        }
        End::Round { on, exhausted, .. } => {
            visited(on, nodes);
            visited(exhausted, nodes);
        }
        End::Scatter(fork) => {
            fork.branches
                .iter()
                .for_each(|branch| visited(&branch.body, nodes));
            fork.joins.iter().for_each(|(_, body)| visited(body, nodes));
        }
        End::Yield
        | End::Never
        | End::Over
        | End::Continue(_)
        | End::Again { .. }
        | End::Break(_)
        | End::Output(_)
        | End::Detach(_)
        | End::Feed { .. } => {}
    }
}

fn visited_in(step: &Step<'_>, nodes: &mut BTreeSet<usize>) {
    match step {
        Step::Visit(node) => drop(nodes.insert(*node)),
        Step::Park(_) | Step::Edge(_) => {}
        Step::Map { items: body, .. } | Step::Block(_, body) | Step::Loop(_, body) => {
            visited(body, nodes);
        }
        Step::Fork(fork) => {
            fork.branches
                .iter()
                .for_each(|branch| visited(&branch.body, nodes));
        }
    }
}
