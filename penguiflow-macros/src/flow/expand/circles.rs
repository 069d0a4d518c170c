//! Flows that contain each other would never end. Each node of a flow with a name is asked whether
//! it leads back to the flow; if it does, that is the one error, and the node is no type.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::names::{Names, plain};
use super::place::mentioned;
use crate::flow::ast::{Flow, Header};
use crate::flow::graph::{Graph, Node};
use crate::runtime::path_at;

/// The flow, with the flows that are its nodes. It is a static, and asked for by a function: a
/// constant that leads round is an error of its own.
pub(super) fn playbooks(flow: &Flow, graph: &Graph) -> Option<TokenStream> {
    let label = flow.header.as_ref()?.name.to_string();
    let nodes = (0..graph.nodes.len()).filter(|node| may_be_flow(graph, *node));
    let nodes: Vec<_> = nodes.map(named).collect();
    if nodes.is_empty() {
        return Some(quote!(
            use __p::NoPlaybooks as __Playbooks;
        ));
    }
    Some(quote! {
        static __PLAYBOOKS: __p::Playbooks = __p::Playbooks::of(
            ::core::module_path!(),
            #label,
            (::core::line!(), ::core::column!()),
            &[#(<<#nodes as __p::Node>::Playbooks>::all(),)*],
        );

        pub struct __Playbooks;

        impl __Playbooks {
            pub const fn all() -> &'static __p::Playbooks {
                &__PLAYBOOKS
            }
        }
    })
}

/// Whether a node is no value of a `let`, and has a type's name and not a function's.
pub(super) fn may_be_flow(graph: &Graph, node: usize) -> bool {
    let node = &graph.nodes[node];
    let name = plain(&node.ident);
    node.is_visited() && node.binding().is_none() && name.starts_with(char::is_uppercase)
}

/// What is known to be a node, before it is asked where it leads.
pub(super) fn named(node: usize) -> Ident {
    format_ident!("__named{node}")
}

/// The alias where it is asked where a node leads: the compiler says its name.
pub(super) fn leads_to(node: &Node) -> Ident {
    format_ident!("__leads_to_{}", node.ident, span = Span::call_site())
}

/// A node's type where it has to be known without asking where it leads: in what makes a node of
/// the flow itself.
pub(super) fn before(flow: &Flow, graph: &Graph, names: &Names, node: usize) -> Ident {
    match flow.header.is_some() && may_be_flow(graph, node) {
        true => named(node),
        false => names.types[node].clone(),
    }
}

/// A node that is known not to lead back.
pub(super) fn leads_on(header: &Header, graph: &Graph, names: &Names, node: usize) -> TokenStream {
    let (flow, label, named) = (&header.name, &names.labels[node], named(node));
    let message = match *flow == label {
        true => "a flow that is a node of itself would never end: draw a loop, `a -> a`".to_owned(),
        false => format!(
            "flows that contain each other would never end: `{label}` leads back to `{flow}`\n\
             help: draw the loop in one flow, `a -> b -> a`, or let a node call the other flow, \
             `ctx.call(&{label}::flow(), message)`"
        ),
    };
    let (first, last) = mentioned(graph, node);
    let callee = path_at(&names.runtime, first);
    let argument = quote_spanned!(last=> (#message));
    ours! {
        <#named as __p::Known<{
            if __PLAYBOOKS.leads_back(<<#named as __p::Node>::Playbooks>::all()) {
                #callee::__private::fault #argument
            }
            true
        }>>::Type
    }
}
