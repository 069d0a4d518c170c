//! What the user wrote: the flow's type, the nodes that it names, and how a value of it is
//! made.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Expr;

use super::circles;
use super::meant::{Meant, plain};
use super::names::{Names, awaited};
use super::place::mentioned;
use crate::flow::ast::{Binding, Flow, Kind};
use crate::flow::graph::{Graph, Joining, Mapping, Mention, Node, Role, Waiting};
use crate::place::ends;

/// The flow's type, with a field per node that has fields itself. The types of those stand
/// here once, so that an error in one is one error.
pub(super) fn declare(
    flow: &Flow,
    graph: &Graph,
    names: &Names,
    docs: Option<TokenStream>,
) -> TokenStream {
    let bound: Vec<_> = bound(flow, graph).collect();
    let aliases = bound.iter().map(|(node, binding)| {
        let alias = names.bound(&graph.nodes[*node]);
        let ty = binding.value.as_ref().map(|typed| &typed.0);
        let ty = ty.map_or(quote!(()), |ty| quote!(#ty));
        quote!(#[allow(non_camel_case_types)] type #alias = #ty;)
    });
    let fields = bound.iter().map(|(node, _)| {
        let (field, alias) = (&names.variants[*node], names.bound(&graph.nodes[*node]));
        quote!(#field: #alias)
    });
    let (name, aliases) = (&names.flow, quote!(#(#aliases)*));
    match &flow.header {
        Some(header) => {
            let (attrs, vis, token) = (&header.attrs, &header.vis, &header.struct_token);
            let fields = quote_spanned!(name.span()=> { #(#fields,)* });
            quote! {
                #(#attrs)*
                #docs
                #[allow(missing_copy_implementations, missing_debug_implementations)]
                #vis #token #name #fields
                #aliases
            }
        }
        None => {
            let declared = quote_spanned!(names.site=> struct #name { #(#fields,)* });
            quote!(#aliases #declared)
        }
    }
}

/// Every function node by the path that the user wrote, once per mention: a name that does
/// not exist is one error, and each mention can be gone from to its definition.
pub(super) fn mentions(graph: &Graph) -> TokenStream {
    let functions = graph.mentions.iter().enumerate();
    let functions = functions.filter(|(_, mention)| graph.nodes[mention.node].binding().is_none());
    let aliases = functions.map(|(place, Mention { path, .. })| {
        let alias = mention(place);
        quote! {
            #[allow(non_camel_case_types, dead_code)]
            type #alias = #path;
        }
    });
    aliases.collect()
}

/// The types of the user's nodes, once they are known to be nodes: if one is not, the constant
/// is the one error, and the alias is no type, of which nothing else is said.
pub(super) fn nodes(flow: &Flow, graph: &Graph, names: &Names) -> TokenStream {
    let meant = Meant::of(graph, names);
    let visited = (0..graph.nodes.len()).filter(|node| graph.nodes[*node].is_visited());
    let aliases = visited.map(|node| {
        let written = match graph.nodes[node].binding() {
            Some(_) => names.bound(&graph.nodes[node]),
            None => {
                let mut mentions = graph.mentions.iter();
                mention(
                    mentions
                        .position(|mention| mention.node == node)
                        .unwrap_or_default(),
                )
            }
        };
        let place = names.place(&written, mentioned(graph, node));
        let ty = &names.types[node];
        let known = quote!(<#written as __p::Known<{ <#place as __p::Node>::IS_NODE }>>::Type);
        let header = flow.header.as_ref();
        let header = header.filter(|_| circles::may_be_flow(graph, node));
        let leads = circles::leads_to(&graph.nodes[node]);
        let named = header.map(|header| {
            let named = circles::named(node);
            let leads_on = circles::leads_on(header, graph, names, node);
            quote! {
                type #named = #known;
                #[allow(non_camel_case_types)]
                type #leads = #leads_on;
            }
        });
        let known = header.map_or(known.clone(), |_| quote!(#leads));
        let asked = &meant.asked[node];
        match meant.known.contains(&node) {
            false => quote!(#named #[allow(non_camel_case_types)] type #ty = #known;),
            true => {
                let (plain, edge) = (plain(node), edge_to(&graph.nodes[node]));
                quote! {
                    #named
                    type #plain = #known;
                    #[allow(non_camel_case_types)]
                    type #edge = <#plain as __p::Known<{ #asked true }>>::Type;
                    #[allow(non_camel_case_types)]
                    type #ty = #edge;
                }
            }
        }
    });
    let scope = (!meant.known.is_empty()).then(|| {
        quote!(
            use __p::SameDefault as _;
        )
    });
    scope.into_iter().chain(aliases).collect()
}

/// The alias where it is asked what was meant: the compiler says its name.
fn edge_to(node: &Node) -> Ident {
    format_ident!("__edge_to_{}", node.ident, span = Span::call_site())
}

/// The alias of a mention.
fn mention(place: usize) -> Ident {
    format_ident!("__mention{place}")
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
fn map(graph: &Graph, names: &Names, map: usize) -> TokenStream {
    let before = graph.edges_to(map).next();
    let handing_on = match graph.first_in_map(map) {
        Some(first) => {
            let first = &names.types[first.to];
            Some(quote!(__p::Map<__p::In<#first>>))
        }
        None => before.map(|edge| {
            let from = &names.types[edge.from];
            let node = names.place(&names.words[edge.from], edge.spans);
            let list = quote!(__p::Out<#from>);
            quote!(__p::ItemsOf<{ <#node as __p::Spreads<#list>>::HAS_ITEMS }, #list>)
        }),
    };
    let ty = &names.types[map];
    quote!(#[allow(non_camel_case_types)] type #ty = #handing_on;)
}

/// An `await` hands on what was parked, with what it was parked for.
fn wait(graph: &Graph, names: &Names, node: usize, waiting: &Waiting) -> TokenStream {
    let before = graph.edges_to(node).next();
    let parked = before.map(|edge| {
        let from = &names.types[edge.from];
        quote!(__p::Out<#from>)
    });
    let (ty, part) = (&names.types[node], &names.parts[node][0].ty);
    let (written, awaited) = (
        format_ident!("__written{node}"),
        awaited(&graph.nodes[node]),
    );
    let (place, waited_for) = (names.place(&written, ends(&waiting.ty)), &waiting.ty);
    quote! {
        #[allow(non_camel_case_types)]
        type #part = #parked;
        type #written = #waited_for;
        #[allow(non_camel_case_types)]
        type #awaited = <#written as __p::Known<{ <#place as __p::IsAwaited>::IS_SEND }>>::Type;
        #[allow(non_camel_case_types)]
        type #ty = __p::Await<(#part, #awaited)>;
    }
}

/// The nodes with fields, and an expression that makes the flow's value of them.
pub(super) fn made(flow: &Flow, graph: &Graph, names: &Names) -> (TokenStream, TokenStream) {
    let bindings = bound(flow, graph).map(|(node, Binding { name, value })| {
        let ty = &names.types[node];
        let ty = value.as_ref().map(|typed| names.place(ty, ends(&typed.0)));
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

/// How many items of maps run at once, where a variable could be meant: it would have to be a
/// constant, which is one error, and no reason to call the variable unused.
pub(super) fn limits(graph: &Graph) -> TokenStream {
    let limits = graph.nodes.iter().filter_map(|node| match &node.role {
        Role::Map(Mapping { limit, .. }) if !matches!(limit, Expr::Lit(_)) => Some(limit),
        _ => None,
    });
    quote!(#(if false { let _ = #limits; })*)
}

/// The nodes that have fields, each with its `let`, in the order of these.
fn bound<'a>(flow: &'a Flow, graph: &'a Graph) -> impl Iterator<Item = (usize, &'a Binding)> {
    let nodes = graph.nodes.iter().enumerate();
    let drawn = nodes.filter_map(|(place, node)| Some((node.binding()?, place)));
    let drawn: HashMap<_, _> = drawn.collect();
    let bindings = flow.bindings().enumerate();
    bindings.filter_map(move |(place, binding)| Some((*drawn.get(&place)?, binding)))
}
