//! Asserts that a durable flow's payloads can be stored: one assertion per payload, at the node
//! that makes it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

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
    check(flow, &node.shown_as, node.spans, ("Stores", payload))
}

fn takes_in(flow: &Flow, entry: &Node) -> TokenStream {
    let input = quote!(__In);
    check(flow, &entry.ty, entry.spans, ("StoresInput", &input))
}

/// A borrow is told apart by a constant: that it outlives only some of what it is read from would be
/// an error about lifetimes, which has no words of ours. Such an error about a part of a payload is
/// shown where the call is, which begins and ends at the user's tokens.
fn check(
    flow: &Flow,
    ty: &impl ToTokens,
    (first, last): (Span, Span),
    (name, payload): (&str, &TokenStream),
) -> TokenStream {
    let spanned = flow.spanned(ty, (first, last));
    let name = Ident::new(name, Span::call_site());
    let is_borrowed = quote!({ __p::Probe::<#payload>::IS_BORROWED });
    let (open, call) = (quote_spanned!(first=> <), quote_spanned!(last=> ()));
    quote! {
        const _: fn() = {
            fn check() {
                use __p::ProbeDefault as _;
                #open #spanned as __p::steps::#name<#payload, #is_borrowed>>::check #call
            }
            check
        };
    }
}
