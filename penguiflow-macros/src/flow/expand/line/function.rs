//! Functions: nodes that several branches reach, and what follows a map whose items go on by
//! themselves. Each call of one is a branch of its own.

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;

use super::body::Writer;
use super::bounds::bounds;
use super::needs::Needs;
use super::writer;
use crate::flow::ast::Kind;
use crate::flow::expand::names::{Names, plain};
use crate::flow::graph::Graph;
use crate::flow::lower::code::Function;

/// All functions of a flow. They call each other, so each needs what all nodes need.
pub(super) fn functions(
    graph: &Graph,
    names: &Names,
    needs: &Needs,
    functions: &[Function<'_>],
) -> TokenStream {
    let bounds = bounds(graph, names, 0..graph.nodes.len());
    let functions = functions.iter().map(|function| {
        let code = writer(graph, names, needs);
        let (name, flow, given) = (
            name(names, function.node),
            &names.flow,
            code.input(function.node),
        );
        let inputs = needs.of_function(function.node).map(|(join, slot)| {
            let (input, part) = (names.input(join, slot), code.part(join, slot));
            ours!(#input: __p::JoinInput<'__t, #part>,)
        });
        let body = code.body(&function.body);
        ours! {
            #[allow(unused_variables, unused_mut, unreachable_code, clippy::all)]
            fn #name<'__t, __S>(
                flow: &'__t #flow,
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
    pub(super) fn call(&self, node: usize) -> TokenStream {
        let name = name(self.names, node);
        let inputs = self.needs.of_function(node).map(|(join, slot)| {
            let input = self.names.input(join, slot);
            ours!(::core::clone::Clone::clone(&#input),)
        });
        // An item of a map goes out of it to get there.
        let joining = self.graph.nodes[node].join();
        let is_each = joining.is_some_and(|joining| joining.kind == Kind::Each);
        let leaves = is_each.then(|| ours!(cursor.follow();));
        ours! {{
            #leaves
            #name(flow, state, cursor.copy(), out, outputs, ::core::clone::Clone::clone(&detached), #(#inputs)*)
        }}
    }
}

fn name(names: &Names, node: usize) -> Ident {
    let node = plain(&names.variants[node]);
    format_ident!("__at_{node}", span = Span::call_site())
}
