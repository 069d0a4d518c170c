//! The types of a flow's nodes: of the user's, once they are known to be nodes, and of the joins,
//! maps and awaits between them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::circles;
use super::mistakes::{Asked, unasked};
use crate::flow::join_kind::JoinKind;
use crate::flow::lower::{Await, Flow, Join, Map, Node, Role, Visit};
use crate::spans;

pub(super) fn node_types(flow: &Flow) -> TokenStream {
    let (visits, joining) = (visits(flow), joining(flow));
    quote!(#visits #joining)
}

/// If a type is not a node, the constant in its alias is the one error: the alias does not resolve, so
/// rustc reports nothing further.
fn visits(flow: &Flow) -> TokenStream {
    let asked = Asked::of(flow);
    let aliases = flow.nodes.iter().filter_map(|node| match &node.role {
        Role::Visit(visit) => Some(self::visit(flow, &asked, node, visit)),
        _ => None,
    });
    let scope = (!asked.nodes.is_empty()).then(|| {
        quote!(
            use __p::SameDefault as _;
        )
    });
    scope.into_iter().chain(aliases).collect()
}

fn visit(flow: &Flow, asked: &Asked, node: &Node, visit: &Visit) -> TokenStream {
    let (ty, written) = (&node.ty, &visit.written);
    let spanned = flow.spanned(written, node.spans);
    let known = quote!(<#written as __p::Known<{ <#spanned as __p::Node>::IS_NODE }>>::Type);
    let (named, known) = circles::asked(flow, node, known);
    if !asked.nodes.contains(&node.index) {
        return quote!(#named #[allow(non_camel_case_types)] type #ty = #known;);
    }
    let questions = &asked.questions[node.index];
    let (unasked, edge) = (unasked(node.index), edge_to(node));
    quote! {
        #named
        type #unasked = #known;
        #[allow(non_camel_case_types)]
        type #edge = <#unasked as __p::Known<{ #questions true }>>::Type;
        #[allow(non_camel_case_types)]
        type #ty = #edge;
    }
}

/// The alias with the questions. Its name appears in the compiler's message.
fn edge_to(node: &Node) -> Ident {
    format_ident!("__edge_to_{}", node.ident, span = Span::call_site())
}

/// The types of joins, maps and awaits: what comes to their inputs, and what they output.
fn joining(flow: &Flow) -> TokenStream {
    let types = flow.nodes.iter().map(|node| match &node.role {
        Role::Visit(_) => TokenStream::new(),
        Role::Join(join) => self::join(flow, node, join),
        Role::Map(map) => self::map(flow, node, map),
        Role::Await(wait) => self::wait(flow, node, wait),
    });
    types.collect()
}

fn join(flow: &Flow, node: &Node, join: &Join) -> TokenStream {
    let parts: Vec<_> = join.inputs.iter().map(|input| &input.ty).collect();
    let given = join.inputs.iter().map(|input| {
        let from = match join.kind {
            JoinKind::Join | JoinKind::Settle => &input.from,
            JoinKind::Race | JoinKind::Quorum(_) | JoinKind::Each => &join.inputs[0].from,
        };
        let (part, out) = (&input.ty, &flow.nodes[from[0]].ty);
        let out = quote!(__p::Out<#out>);
        let given = match join.kind {
            JoinKind::Settle => quote!(::core::result::Result<#out, __p::NodeError>),
            _ => out,
        };
        quote!(#[allow(non_camel_case_types)] type #part = #given;)
    });
    let (ty, first) = (&node.ty, &parts[0]);
    let made = match (join.kind, join.map) {
        (JoinKind::Race | JoinKind::Each, _) => quote!(#first),
        (JoinKind::Quorum(_), _) | (JoinKind::Join | JoinKind::Settle, Some(_)) => {
            quote!(::std::vec::Vec<#first>)
        }
        (JoinKind::Join | JoinKind::Settle, None) => quote!((#(#parts,)*)),
    };
    quote! {
        #(#given)*
        #[allow(non_camel_case_types)]
        type #ty = __p::Join<#made>;
    }
}

/// A map outputs what its first node takes. If it begins with something else, it outputs the items
/// of the list that comes to it.
fn map(flow: &Flow, node: &Node, map: &Map) -> TokenStream {
    let before = flow.edges_to(node).next();
    let handing_on = match flow.first_of_map(map) {
        Some(first) => {
            let first = &flow.to(first).ty;
            Some(quote!(__p::Map<__p::In<#first>>))
        }
        None => before.map(|edge| {
            let from = flow.from(edge);
            let (ty, spanned) = (&from.ty, flow.spanned(&from.shown_as, edge.spans));
            let list = quote!(__p::Out<#ty>);
            quote!(__p::ItemsOf<{ <#spanned as __p::Spreads<#list>>::HAS_ITEMS }, #list>)
        }),
    };
    let ty = &node.ty;
    quote!(#[allow(non_camel_case_types)] type #ty = #handing_on;)
}

/// An `await` outputs the parked value and the one that it waited for.
fn wait(flow: &Flow, node: &Node, wait: &Await) -> TokenStream {
    let before = flow.edges_to(node).next();
    let before = before.map(|edge| {
        let from = &flow.from(edge).ty;
        quote!(__p::Out<#from>)
    });
    let (ty, parked) = (&node.ty, &wait.parked);
    let (written, known, awaited) = (&wait.written, &wait.ty, &wait.awaited);
    let spanned = flow.spanned(written, spans::of(awaited));
    quote! {
        #[allow(non_camel_case_types)]
        type #parked = #before;
        type #written = #awaited;
        #[allow(non_camel_case_types)]
        type #known = <#written as __p::Known<{ <#spanned as __p::IsAwaited>::IS_SEND }>>::Type;
        #[allow(non_camel_case_types)]
        type #ty = __p::Await<(#parked, #known)>;
    }
}

impl Node {
    /// The type that its code begins with: a node's input, the items of a map, or the parked value.
    pub(super) fn input_type(&self) -> TokenStream {
        let ty = &self.ty;
        match &self.role {
            Role::Map(_) => quote_mixed!(__p::VecDeque<__p::In<#ty>>),
            Role::Await(wait) => {
                let parked = &wait.parked;
                quote_mixed!(#parked)
            }
            Role::Visit(_) | Role::Join(_) => quote_mixed!(__p::In<#ty>),
        }
    }
}
