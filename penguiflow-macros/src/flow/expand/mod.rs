//! Writes a lowered flow as Rust: the user's own words first and in order, then the topology, the
//! straight code that runs it (`line`), and, for a durable flow, its steps. All functions that it
//! calls are in the runtime crate.

/// `quote!` with mixed-site spans: like the variables of a `macro_rules`, those in it never collide
/// with the user's.
macro_rules! quote_mixed {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}

mod bounds;
mod circles;
mod copies;
mod declaration;
mod joins;
mod line;
mod literal;
mod matches;
mod mistakes;
mod node_types;
mod patterns;
mod playbook;
mod spans;
#[cfg(feature = "durable")]
mod steps;
mod stub;
mod topology;
mod worst_case;

#[cfg(test)]
pub(crate) use line::tests::line_of;
pub(super) use stub::stand_in;

use proc_macro2::TokenStream;
use quote::quote;

use super::lower::{Code, Flow};

/// A flow without errors, and the code that runs it.
pub(super) fn expand(flow: &Flow, code: Code<'_>, parts: &TokenStream) -> TokenStream {
    let declaration = &flow.declaration;
    let name = &declaration.name;
    let declared = declaration::declare(declaration);
    let (bindings, value) = declaration::value(declaration);
    let compiled = compiled(flow, code, parts);
    let Some(header) = &declaration.header else {
        let limits = declaration::limits(flow);
        return quote!({ #declared #compiled #limits #bindings __p::Flow::new(#value) });
    };
    let playbook = playbook::playbook(flow, header);
    let figures = worst_case::figures(name);
    let proof = worst_case::proof(flow, header);
    let doc = format!("The flow `{name}`, without state, with the default settings.");
    quote! {
        #declared
        #[allow(deprecated, unused_qualifications)]
        const _: () = {
            #compiled
            #playbook
            impl #name {
                #[doc = #doc]
                pub fn flow() -> __p::Flow<Self> {
                    #bindings
                    __p::Flow::new(#value)
                }

                #figures
            }
            #proof
        };
    }
}

/// What makes the type of a part in parentheses a node of the flow around it.
pub(super) fn part(flow: &Flow, code: Code<'_>) -> TokenStream {
    let compiled = compiled(flow, code, &TokenStream::new());
    let playbook = playbook::of_part(flow);
    quote! {
        #[allow(deprecated, unused_qualifications)]
        const _: () = {
            #compiled
            #playbook
        };
    }
}

/// The types of a flow, the proofs about it, and the code that runs it.
fn compiled(flow: &Flow, code: Code<'_>, parts: &TokenStream) -> TokenStream {
    let crate_path = &flow.declaration.crate_path;
    let mentions = declaration::mentions(&flow.declaration);
    let playbooks = circles::playbooks(flow);
    let nodes = node_types::node_types(flow);
    let awaits = joins::awaitable(flow);
    let topology = topology::topology(flow);
    let line = line::line(flow, code);
    let steps = flow.declaration.durability.map(|_| steps(flow));
    quote! {
        use #crate_path::__private as __p;
        #parts
        #mentions
        #playbooks
        #nodes
        #awaits
        #topology
        #line
        #steps
    }
}

#[cfg(feature = "durable")]
fn steps(flow: &Flow) -> TokenStream {
    steps::steps(flow)
}

/// Without the feature, `durable` is an error.
#[cfg(not(feature = "durable"))]
fn steps(_: &Flow) -> TokenStream {
    TokenStream::new()
}
