//! Flows that contain each other would never end. Each flow among the nodes of a flow with a name
//! is asked whether it leads back to that. If it does, this is the one error: the node's alias does
//! not resolve, so rustc reports nothing further.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::crate_path::path_at;
use crate::flow::lower::{Flow, Node};

/// The flow, with the flows among its nodes. It is a static behind a function: a constant that
/// refers back to itself is an error of its own.
pub(super) fn playbooks(flow: &Flow) -> Option<TokenStream> {
    if !may_be_node(flow) {
        return None;
    }
    let nodes = flow.nodes.iter().filter(|node| may_be_flow(node));
    let nodes: Vec<_> = nodes.map(|node| type_before(flow, node)).collect();
    if nodes.is_empty() {
        return Some(quote!(
            use __p::NoPlaybooks as __Playbooks;
        ));
    }
    let label = &flow.declaration.label;
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

/// Whether a flow is a node of others: one with a name, or a part.
fn may_be_node(flow: &Flow) -> bool {
    flow.declaration.header.is_some() || flow.declaration.is_part
}

/// Whether a node is a part, or has a type's name and not a function's, and is no value of a `let`.
fn may_be_flow(node: &Node) -> bool {
    let is_type = !node.is_field() && node.name().starts_with(char::is_uppercase);
    node.is_visit() && (is_type || node.is_part())
}

/// The alias of a node's type before it is asked where it leads.
fn unasked(node: &Node) -> Ident {
    format_ident!("__named{}", node.index)
}

/// The alias with the question where a node leads. Its name appears in the compiler's message.
fn leads_to(node: &Node) -> Ident {
    format_ident!("__leads_to_{}", node.ident, span = Span::call_site())
}

/// The alias of a node's type where it must be known without the question where it leads: in what
/// makes a node of the flow itself.
pub(super) fn type_before(flow: &Flow, node: &Node) -> Ident {
    match flow.declaration.header.is_some() && may_be_flow(node) {
        true => unasked(node),
        false => node.ty.clone(),
    }
}

/// A node's type once it is known not to lead back, and what declares it before that.
pub(super) fn asked(flow: &Flow, node: &Node, known: TokenStream) -> (TokenStream, TokenStream) {
    if flow.declaration.header.is_none() || !may_be_flow(node) {
        return (TokenStream::new(), known);
    }
    let (unasked, leads_to) = (unasked(node), leads_to(node));
    let (first, last) = node.spans;
    let callee = path_at(&flow.declaration.crate_path, first);
    let message = message(flow, node);
    let argument = quote_spanned!(last=> (#message));
    let asked = quote_mixed! {
        <#unasked as __p::Known<{
            if __PLAYBOOKS.leads_back(<<#unasked as __p::Node>::Playbooks>::all()) {
                #callee::__private::fault #argument
            }
            true
        }>>::Type
    };
    let declared = quote! {
        type #unasked = #known;
        #[allow(non_camel_case_types)]
        type #leads_to = #asked;
    };
    (declared, quote!(#leads_to))
}

fn message(flow: &Flow, node: &Node) -> String {
    let (name, label) = (&flow.declaration.name, &node.label);
    match name == label {
        true => {
            "a flow that is a node of itself would never end: write a loop, `a -> a`".to_owned()
        }
        false => format!(
            "flows that contain each other would never end: `{label}` leads back to `{name}`\n\
             help: write the loop in one flow, `a -> b -> a`, or let a node call the other flow, \
             `ctx.call(&{label}::flow(), message)`"
        ),
    }
}
