//! What the user wrote: the flow's type, the nodes that it names, and how a value of it is
//! made.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::names::Names;
use crate::flow::ast::{Binding, Flow, Kind};
use crate::flow::graph::{Graph, Joining, Role, Waiting};

/// The flow's type, with a field per node that has fields itself. The types of those stand
/// here once, so that an error in one is one error.
pub(super) fn declare(flow: &Flow, graph: &Graph, names: &Names) -> TokenStream {
    let bound: Vec<_> = bound(flow, graph).collect();
    let aliases = bound.iter().map(|(node, binding)| {
        let alias = &names.types[*node];
        let ty = binding.value.as_ref().map(|typed| &typed.0);
        let ty = ty.map_or(quote!(()), |ty| quote!(#ty));
        quote!(#[allow(non_camel_case_types)] type #alias = #ty;)
    });
    let fields = bound.iter().map(|(node, _)| {
        let (field, alias) = (&names.variants[*node], &names.types[*node]);
        quote!(#field: #alias)
    });
    let (name, aliases) = (&names.flow, quote!(#(#aliases)*));
    match &flow.header {
        Some(header) => {
            let (attrs, vis, token) = (&header.attrs, &header.vis, &header.struct_token);
            quote!(#(#attrs)* #vis #token #name { #(#fields,)* } #aliases)
        }
        None => quote!(#aliases struct #name { #(#fields,)* }),
    }
}

/// Every function node by the path that the user wrote, once per mention: a name that does
/// not exist is one error, and each mention can be gone from to its definition.
pub(super) fn mentions(graph: &Graph, names: &Names) -> TokenStream {
    let mut named = vec![false; graph.nodes.len()];
    let mut aliases = TokenStream::new();
    for (place, mention) in graph.mentions.iter().enumerate() {
        if graph.nodes[mention.node].binding().is_some() {
            continue;
        }
        let path = &mention.path;
        let again = std::mem::replace(&mut named[mention.node], true);
        let alias = match again {
            true => format_ident!("__mention{place}"),
            false => names.types[mention.node].clone(),
        };
        aliases.extend(quote! {
            #[allow(non_camel_case_types, dead_code)]
            type #alias = #path;
        });
    }
    aliases
}

/// The types of the nodes that are not the user's: what comes in at each input, and what they
/// make of it.
pub(super) fn points(graph: &Graph, names: &Names) -> TokenStream {
    let points = graph.nodes.iter().enumerate();
    let points = points.map(|(place, node)| match &node.role {
        Role::Visit { .. } => TokenStream::new(),
        Role::Join(joining) => join(names, place, joining),
        Role::Map(_) => map(graph, names, place),
        Role::Await(waiting) => wait(graph, names, place, waiting),
    });
    points.collect()
}

fn join(names: &Names, place: usize, joining: &Joining) -> TokenStream {
    let parts: Vec<_> = names.parts[place].iter().map(|part| &part.ty).collect();
    let given = joining.slots.iter().zip(&parts).map(|(nodes, part)| {
        let nodes = match joining.kind {
            Kind::Join | Kind::Settle => nodes,
            Kind::Race | Kind::Quorum(_) | Kind::Each => &joining.slots[0],
        };
        let out = &names.types[nodes[0]];
        let out = quote!(__p::Out<#out>);
        let given = match joining.kind {
            Kind::Settle => quote!(::core::result::Result<#out, __p::NodeError>),
            _ => out,
        };
        quote!(#[allow(non_camel_case_types)] type #part = #given;)
    });
    let (ty, first) = (&names.types[place], &parts[0]);
    let made = match (joining.kind, joining.map) {
        (Kind::Race | Kind::Each, _) => quote!(#first),
        (Kind::Quorum(_), _) | (Kind::Join | Kind::Settle, Some(_)) => {
            quote!(::std::vec::Vec<#first>)
        }
        (Kind::Join | Kind::Settle, None) => quote!((#(#parts,)*)),
    };
    quote! {
        #(#given)*
        #[allow(non_camel_case_types)]
        type #ty = __p::Join<#made>;
    }
}

/// A map hands on what its first node takes. Where it begins with something else, that is the
/// items of what comes to it.
fn map(graph: &Graph, names: &Names, place: usize) -> TokenStream {
    let before = graph.edges_to(place).next();
    let item = match graph.first_in_map(place) {
        Some(first) => {
            let first = &names.types[first.to];
            Some(quote!(__p::In<#first>))
        }
        None => before.map(|edge| {
            let from = &names.types[edge.from];
            let node = names.place(from, edge.spans);
            quote!(<#node as __p::Spreads<__p::Out<#from>>>::Item)
        }),
    };
    let ty = &names.types[place];
    quote!(#[allow(non_camel_case_types)] type #ty = __p::Map<#item>;)
}

/// An `await` hands on what was parked, with what it was parked for.
fn wait(graph: &Graph, names: &Names, place: usize, waiting: &Waiting) -> TokenStream {
    let before = graph.edges_to(place).next();
    let parked = before.map(|edge| {
        let from = &names.types[edge.from];
        quote!(__p::Out<#from>)
    });
    let (ty, part, awaited) = (&names.types[place], &names.parts[place][0].ty, &waiting.ty);
    quote! {
        #[allow(non_camel_case_types)]
        type #part = #parked;
        #[allow(non_camel_case_types)]
        type #ty = __p::Await<(#part, #awaited)>;
    }
}

/// The nodes with fields, and an expression that makes the flow's value of them.
pub(super) fn made(flow: &Flow, graph: &Graph, names: &Names) -> (TokenStream, TokenStream) {
    let bindings = bound(flow, graph).map(|(node, Binding { name, value })| {
        let ty = &names.types[node];
        let value = value.as_ref().map(|typed| &typed.1);
        quote!(let #name: #ty = #value;)
    });
    let fields = bound(flow, graph).map(|(node, binding)| {
        let (field, value) = (&names.variants[node], &binding.name);
        quote!(#field: #value)
    });
    let name = &names.flow;
    (quote!(#(#bindings)*), quote!(#name { #(#fields,)* }))
}

/// The nodes that have fields, each with its `let`, in the order of these.
fn bound<'a>(flow: &'a Flow, graph: &'a Graph) -> impl Iterator<Item = (usize, &'a Binding)> {
    let nodes = graph.nodes.iter().enumerate();
    let drawn = nodes.filter_map(|(place, node)| Some((node.binding()?, place)));
    let drawn: HashMap<_, _> = drawn.collect();
    let bindings = flow.bindings().enumerate();
    bindings.filter_map(move |(place, binding)| Some((*drawn.get(&place)?, binding)))
}
