//! The const tables of a flow's joins, and of the places where its traces park.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use super::literal::literal;
use crate::flow::join_kind::JoinKind;
use crate::flow::lower::{Flow, Join, Map, Node};

/// The table of the flow's joins.
pub(super) fn joins(flow: &Flow) -> TokenStream {
    let joins = flow.joins().map(|(node, join)| info(flow, node, join));
    quote!(&[#(#joins,)*])
}

/// The table of the flow's awaits.
pub(super) fn awaits(flow: &Flow) -> TokenStream {
    let awaits = flow.awaits().map(|(node, wait)| {
        let (label, ty) = (&node.label, &wait.ty);
        let within = wait.within.map(crate::duration::tokens);
        let within = within.map(|within| quote!(.within(#within)));
        let parked = &wait.parked;
        quote! {
            __p::described!(
                __p::AwaitInfo::of::<#ty>(#label)
                    .showing(__p::Probe::<#parked>::SHARE, __p::Probe::<#parked>::TO_JSON)
                    .reading(__p::Probe::<#ty>::READ_JSON)
                    #within,
                #ty
            )
        }
    });
    let awaits: Vec<_> = awaits.collect();
    match awaits.is_empty() {
        true => quote!(&[]),
        false => quote! {{
            use __p::ProbeDefault as _;
            &[#(#awaits,)*]
        }},
    }
}

/// The types that a trace of the flow can wait for, each once.
pub(super) fn awaitable(flow: &Flow) -> TokenStream {
    let (name, site) = (&flow.declaration.name, flow.declaration.site);
    let mut seen = HashSet::new();
    let new = flow
        .awaits()
        .filter(|(_, wait)| seen.insert(wait.awaited.to_token_stream().to_string()));
    let awaits = new.map(|(_, wait)| {
        let ty = &wait.ty;
        quote_spanned!(site=> #[allow(unused_qualifications)] impl __p::Awaits<#ty> for #name {})
    });
    awaits.collect()
}

fn info(flow: &Flow, node: &Node, join: &Join) -> TokenStream {
    let inputs = join.inputs.iter().map(|input| {
        let nodes = input.from.iter();
        let nodes = nodes.map(|node| flow.nodes[*node].label.as_str());
        nodes.collect::<Vec<_>>().join(" or ")
    });
    let kind = match join.kind {
        JoinKind::Join => quote!(__p::JoinKind::Join),
        JoinKind::Settle => quote!(__p::JoinKind::Settle),
        JoinKind::Race => quote!(__p::JoinKind::Race),
        JoinKind::Each => quote!(__p::JoinKind::Each),
        JoinKind::Quorum(wanted) => {
            let wanted = literal(wanted);
            quote!(__p::JoinKind::Quorum(#wanted))
        }
    };
    let items = flow.map_of(join).map(|Map { limit, max, .. }| {
        // As an array's length, a limit that is no `usize` is an error at the limit alone.
        let max = max.as_ref().map(|max| quote!(.at_most([(); #max].len())));
        quote!(.of_items([(); #limit].len()) #max)
    });
    let label = &node.label;
    quote!(__p::JoinInfo::new(#label, #kind, &[#(#inputs,)*]) #items)
}
