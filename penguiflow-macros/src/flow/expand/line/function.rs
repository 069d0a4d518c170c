//! Writes functions: the code from a node that several branches reach, and the code after a map
//! whose items go on by themselves. Each call is a branch of its own.

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;

use super::body::Writer;
use super::captures::Captures;
use crate::flow::expand::bounds::bounds;
use crate::flow::join_kind::JoinKind;
use crate::flow::lower::{Flow, Function, Node};

/// All functions of a flow. They call each other, so each has the bounds of all nodes.
pub(super) fn functions(
    flow: &Flow,
    captures: &Captures<'_>,
    functions: &[Function<'_>],
) -> TokenStream {
    let bounds = bounds(&flow.nodes);
    let ty = &flow.declaration.name;
    let functions = functions.iter().map(|function| {
        let writer = Writer::new(flow, captures);
        let (name, given) = (name(function.node), function.node.input_type());
        let inputs = captures.of_function(function.node).map(|(join, slot)| {
            let (input, part) = (join.input_ident(slot), writer.part(join, slot));
            quote_mixed!(#input: __p::JoinInput<'__t, #part>,)
        });
        let body = writer.body(&function.body);
        quote_mixed! {
            #[allow(unused_variables, unused_mut, unreachable_code, clippy::all)]
            fn #name<'__t, __S>(
                flow: &'__t #ty,
                state: &'__t __S,
                mut own: __p::Cursor<'__t>,
                out: #given,
                outputs: &'__t __p::Outputs<__Out>,
                detached: __p::DetachedBranches<'__t>,
                #(#inputs)*
            ) -> __p::DetachedBranch<'__t>
            where
                __S: ::core::marker::Send + ::core::marker::Sync + 'static,
                #bounds
            {
                ::std::boxed::Box::pin(async move {
                    let cursor = &mut own;
                    #body
                })
            }
        }
    });
    functions.collect()
}

impl Writer<'_> {
    /// The branch that runs a function with `out`.
    pub(super) fn call(&self, node: &Node) -> TokenStream {
        let name = name(node);
        let inputs = self.captures.of_function(node).map(|(join, slot)| {
            let input = join.input_ident(slot);
            quote_mixed!(::core::clone::Clone::clone(&#input),)
        });
        // An item leaves its map here.
        let join = node.join();
        let is_each = join.is_some_and(|join| join.kind == JoinKind::Each);
        let leaves = is_each.then(|| quote_mixed!(cursor.follow();));
        quote_mixed! {{
            #leaves
            #name(flow, state, cursor.copy(), out, outputs, ::core::clone::Clone::clone(&detached), #(#inputs)*)
        }}
    }
}

fn name(node: &Node) -> Ident {
    format_ident!("__branch_from_{}", node.name(), span = Span::call_site())
}
