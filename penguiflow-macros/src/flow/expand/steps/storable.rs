//! That what a durable flow carries can be stored: one assertion per payload, shown at the node that
//! makes it.

use proc_macro2::TokenStream;
use quote::quote;

use crate::flow::expand::names::Names;
use crate::flow::expand::place::mentioned;
use crate::flow::graph::{Graph, Role};

pub(super) fn storable(graph: &Graph, names: &Names) -> TokenStream {
    let input = graph
        .entries
        .first()
        .map(|entry| takes_in(graph, names, entry.node));
    let visited = (0..graph.nodes.len()).filter(|node| graph.nodes[*node].is_visited());
    let handed_on = visited
        .clone()
        .flat_map(|node| hands_on(graph, names, node));
    let exit = graph.exits().first().copied();
    let output = exit.or_else(|| visited.clone().next_back());
    let output = output.map(|node| stores(graph, names, node, &quote!(__Out)));
    let stored = handed_on.chain(output);
    quote!(#input #(#stored)*)
}

/// What a node makes for those that follow it: its output, or the items of that.
fn hands_on(graph: &Graph, names: &Names, node: usize) -> Vec<TokenStream> {
    let mut payloads = Vec::new();
    let to = graph.edges_from(node).filter(|edge| !edge.is_fallback);
    let (maps, others): (Vec<_>, Vec<_>) =
        to.partition(|edge| matches!(graph.nodes[edge.to].role, Role::Map(_)));
    if !others.is_empty() {
        let ty = &names.types[node];
        payloads.push(quote!(__p::Out<#ty>));
    }
    let items = maps.iter().filter_map(|edge| graph.first_in_map(edge.to));
    payloads.extend(items.map(|first| {
        let ty = &names.types[first.to];
        quote!(__p::In<#ty>)
    }));
    let payloads = payloads.iter();
    payloads
        .map(|payload| stores(graph, names, node, payload))
        .collect()
}

fn stores(graph: &Graph, names: &Names, node: usize, payload: &TokenStream) -> TokenStream {
    let place = names.place(&names.words[node], mentioned(graph, node));
    quote! {
        const _: () = <#place as __p::steps::Stores<#payload>>::CAN_BE_STORED;
    }
}

fn takes_in(graph: &Graph, names: &Names, entry: usize) -> TokenStream {
    let place = names.place(&names.types[entry], mentioned(graph, entry));
    quote! {
        const _: () = <#place as __p::steps::StoresInput<__In>>::CAN_BE_STORED;
    }
}
