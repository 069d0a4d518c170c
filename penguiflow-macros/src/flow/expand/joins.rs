//! Where branches meet, and where traces park: what the graph knows of these places.

use std::collections::HashSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::names::{Names, awaited};
use crate::flow::ast::Kind;
use crate::flow::graph::{Graph, Joining, Role};

/// The flow's joins.
pub(super) fn joins(graph: &Graph, names: &Names) -> TokenStream {
    let joins = graph.joins();
    let joins = joins.map(|(place, joining)| described(graph, names, place, joining));
    quote!(&[#(#joins,)*])
}

/// The places where its traces park.
pub(super) fn awaits(graph: &Graph, names: &Names) -> TokenStream {
    let awaits = graph.awaits().map(|(place, waiting)| {
        let (label, ty) = (&names.labels[place], awaited(&graph.nodes[place]));
        let within = waiting.within.map(crate::duration::tokens);
        let within = within.map(|within| quote!(.within(#within)));
        quote!(__p::AwaitInfo::of::<#ty>(#label) #within)
    });
    quote!(&[#(#awaits,)*])
}

/// What the flow can be given: each type once.
pub(super) fn awaitable(graph: &Graph, names: &Names) -> TokenStream {
    let flow = &names.flow;
    let awaits = |ty: Ident| quote_spanned!(names.site=> #[allow(unused_qualifications)] impl __p::Awaits<#ty> for #flow {});
    let mut seen = HashSet::new();
    let new = graph
        .awaits()
        .filter(|(_, waiting)| seen.insert(waiting.ty.to_token_stream().to_string()));
    new.map(|(place, _)| awaits(awaited(&graph.nodes[place])))
        .collect()
}

fn described(graph: &Graph, names: &Names, place: usize, joining: &Joining) -> TokenStream {
    let inputs = joining.slots.iter().map(|nodes| {
        let nodes = nodes.iter().map(|node| names.labels[*node].as_str());
        nodes.collect::<Vec<_>>().join(" or ")
    });
    let kind = match joining.kind {
        Kind::Join => quote!(__p::JoinKind::Join),
        Kind::Settle => quote!(__p::JoinKind::Settle),
        Kind::Race => quote!(__p::JoinKind::Race),
        Kind::Each => quote!(__p::JoinKind::Each),
        Kind::Quorum(wanted) => {
            let wanted = literal(wanted);
            quote!(__p::JoinKind::Quorum(#wanted))
        }
    };
    let items = joining.map.map(|map| match &graph.nodes[map].role {
        Role::Map(mapping) => {
            let (limit, max) = (&mapping.limit, &mapping.max);
            // The length of an array is a `usize`, which the compiler says of the number alone.
            let max = max.as_ref().map(|max| quote!(.at_most([(); #max].len())));
            quote!(.of_items([(); #limit].len()) #max)
        }
        _ => TokenStream::new(),
    });
    let label = &names.labels[place];
    quote!(__p::JoinInfo::new(#label, #kind, &[#(#inputs,)*]) #items)
}

fn literal(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}
