//! A flow as Rust: what the user wrote first and in order, then the topology, the straight code
//! that runs it (`line`), and, for a durable flow, its steps. All that it calls is in the runtime
//! crate.

/// `quote!`, with variables of the macro's own: as those of a `macro_rules`, they never meet
/// what a pattern or an expression of the user's calls by the same name.
macro_rules! ours {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}

mod block;
mod circles;
mod declaration;
mod joins;
mod line;
mod meant;
mod names;
mod pattern;
mod picture;
mod place;
mod playbook;
#[cfg(feature = "durable")]
mod steps;
mod stub;
#[cfg(test)]
mod tests;
mod topology;
mod worst_case;

#[cfg(test)]
pub(crate) use line::tests::line_of;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Error;

use super::ast::Flow;
use super::graph::Graph;
use super::lower::lower;
use names::Names;

pub(super) fn expand(flow: &Flow, graph: &Graph, errors: &[Error]) -> TokenStream {
    let names = Names::of(flow, graph);
    let named = flow.header.as_ref().filter(|_| errors.is_empty());
    let docs = named.map(|header| picture::docs(flow, header, graph));
    let declared = declaration::declare(flow, graph, &names, docs);
    let mentions = declaration::mentions(graph);
    if !errors.is_empty() {
        let errors = errors.iter().map(Error::to_compile_error);
        return stub::stand_in(flow, &names, &declared, &mentions, errors.collect());
    }
    let playbooks = circles::playbooks(flow, graph);
    let nodes = declaration::nodes(flow, graph, &names);
    let points = declaration::points(graph, &names);
    let awaits = joins::awaitable(graph, &names);
    let topology = topology::topology(flow, graph, &names);
    let line = lower(graph, |code| line::line(graph, &names, code));
    let steps = flow.is_durable().then(|| steps(graph, &names));
    let (bindings, made) = declaration::made(flow, graph, &names);
    let playbook = playbook::playbook(flow, graph, &names, &bindings, &made);
    let runtime = &names.runtime;
    let compiled = quote! {
        use #runtime::__private as __p;
        #mentions
        #playbooks
        #nodes
        #points
        #awaits
        #topology
        #line
        #steps
        #playbook
    };
    match &flow.header {
        Some(header) => {
            let name = &header.name;
            let figures = worst_case::figures(name);
            let proof = worst_case::proof(header, graph, &names);
            let doc = format!("The flow `{name}`, without state, with the default settings.");
            quote! {
                #declared
                #[allow(deprecated, unused_qualifications)]
                const _: () = {
                    #compiled
                    impl #name {
                        #[doc = #doc]
                        pub fn flow() -> __p::Flow<Self> {
                            #bindings
                            __p::Flow::new(#made)
                        }

                        #figures
                    }
                    #proof
                };
            }
        }
        None => {
            let limits = declaration::limits(graph);
            quote!({ #declared #compiled #limits #bindings __p::Flow::new(#made) })
        }
    }
}

#[cfg(feature = "durable")]
fn steps(graph: &Graph, names: &Names) -> TokenStream {
    steps::steps(graph, names)
}

#[cfg(feature = "durable")]
fn stand_in_steps(flow: &Ident) -> TokenStream {
    steps::stand_in(flow)
}

#[cfg(not(feature = "durable"))]
fn stand_in_steps(_: &Ident) -> TokenStream {
    TokenStream::new()
}

/// Without the feature, to ask for steps is an error.
#[cfg(not(feature = "durable"))]
fn steps(_: &Graph, _: &Names) -> TokenStream {
    TokenStream::new()
}
