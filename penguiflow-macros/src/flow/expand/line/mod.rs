//! `line`: a flow as straight code, in the functions that a trace calls.

mod body;
mod bounds;
mod called;
mod edge;
mod fork;
mod function;
mod map;
mod needs;
mod open_fork;
mod parts;
#[cfg(test)]
pub(super) mod tests;
mod visit;

use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::names::Names;
use crate::flow::graph::Graph;
use crate::flow::lower::code::Code;
use body::Writer;
use needs::Needs;

/// What runs a trace in memory.
pub(super) fn line(graph: &Graph, names: &Names, code: Code<'_>) -> TokenStream {
    let needs = Needs::of(&code);
    let functions = function::functions(graph, names, &needs, &code.functions);
    let hands_on = !code.functions.is_empty();
    let lent = lent_flow(graph, hands_on);
    let parts = parts::Parts::of(graph, names, &needs, code);
    let (body, bounds, others) = (parts.body, parts.bounds, parts.others);
    let flow = &names.flow;
    let line = quote_spanned!(names.site=> __p::Line<__S>);
    let bounds = ours! {
        __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        #bounds
    };
    let head = quote_spanned!(names.site=> impl<__S> #line for #flow where #bounds);
    let run = ours! {
        #[allow(unused_variables, unused_mut, unreachable_code, clippy::all)]
        fn line<'__t>(
            &'__t self,
            state: &'__t __S,
            cursor: &mut __p::Cursor<'__t>,
            input: <Self as __p::Topology>::In,
            outputs: &'__t __p::Outputs<<Self as __p::Topology>::Out>,
        ) -> impl ::core::future::Future<
            Output = __p::BranchResult<<Self as __p::Topology>::Out>,
        > + ::core::marker::Send {
            #lent
            async move { #body }
        }
    };
    let main = quote_spanned!(names.site=> #[allow(unused_qualifications)] #head { #run });
    ours!(#functions #others #main)
}

/// The flow's value for code that needs it: for nodes with fields, or to hand it on to functions.
fn lent_flow(graph: &Graph, hands_on: bool) -> Option<TokenStream> {
    let has_fields = graph.nodes.iter().any(|node| node.binding().is_some());
    (has_fields || hands_on).then(|| ours!(let flow = self;))
}

/// Who writes the code of a branch.
fn writer<'w>(graph: &'w Graph, names: &'w Names, needs: &'w Needs) -> Writer<'w> {
    Writer {
        graph,
        names,
        needs,
        is_main: false,
        brings_to: None,
        is_inside: false,
    }
}
