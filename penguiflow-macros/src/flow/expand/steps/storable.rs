//! Asserts that a durable flow's payloads can be stored: one assertion per payload, at the node
//! that makes it.

use proc_macro2::TokenStream;
use quote::quote;

use crate::flow::lower::{Carries, Flow, Node, Role};

pub(super) fn storable(flow: &Flow) -> TokenStream {
    let input = flow.entries.first();
    let input = input.map(|entry| takes_in(flow, &flow.nodes[entry.node]));
    let visits = flow.nodes.iter().filter(|node| node.is_visit());
    let handed_on = visits.clone().flat_map(|node| hands_on(flow, node));
    let exit = flow.exits.first().map(|exit| &flow.nodes[*exit]);
    let output = exit.or_else(|| visits.clone().next_back());
    let output = output.map(|node| stores(flow, node, &quote!(__Out)));
    let stored = handed_on.chain(output);
    quote!(#input #(#stored)*)
}

/// The payloads that a node makes for its successors: its output, or the items of it.
fn hands_on(flow: &Flow, node: &Node) -> Vec<TokenStream> {
    let mut payloads = Vec::new();
    let to = flow.edges_from(node).filter(|edge| !edge.is_fallback);
    let (maps, others): (Vec<_>, Vec<_>) =
        to.partition(|edge| matches!(edge.carries, Carries::Items { .. }));
    if !others.is_empty() {
        let ty = &node.ty;
        payloads.push(quote!(__p::Out<#ty>));
    }
    let firsts = maps.iter().filter_map(|edge| match &flow.to(edge).role {
        Role::Map(map) => Some(flow.to(flow.first_of_map(map)?)),
        _ => None,
    });
    payloads.extend(firsts.map(|first| {
        let ty = &first.ty;
        quote!(__p::In<#ty>)
    }));
    let payloads = payloads.iter();
    payloads
        .map(|payload| stores(flow, node, payload))
        .collect()
}

fn stores(flow: &Flow, node: &Node, payload: &TokenStream) -> TokenStream {
    let spanned = flow.spanned(&node.shown_as, node.spans);
    quote! {
        const _: () = <#spanned as __p::steps::Stores<#payload>>::CAN_BE_STORED;
    }
}

fn takes_in(flow: &Flow, entry: &Node) -> TokenStream {
    let spanned = flow.spanned(&entry.ty, entry.spans);
    quote! {
        const _: () = <#spanned as __p::steps::StoresInput<__In>>::CAN_BE_STORED;
    }
}
