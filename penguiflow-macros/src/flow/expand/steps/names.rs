//! What the names are made of under which steps are stored, and the proof that these differ. The names
//! themselves are made at run time, since those that nodes have chosen are constants of theirs.

use proc_macro2::TokenStream;
use quote::quote;

use crate::flow::expand::literal::literal;
use crate::flow::lower::Flow;

pub(super) fn names(flow: &Flow) -> TokenStream {
    let inputs = flow.joins().map(|(_, join)| {
        let inputs = join.inputs.iter().map(|input| sources(&input.from));
        quote!(&[#(#inputs,)*])
    });
    let types = flow.nodes.iter().map(|node| &node.ty);
    quote! {
        __p::step_schemas!(#(__p::In<#types>),*);
        const INPUTS: &'static [&'static [&'static [__p::usize]]] = &[#(#inputs,)*];

        fn names() -> &'static __p::steps::StepNames {
            static __NAMES: __p::steps::FlowStepNames = __p::steps::FlowStepNames::new();
            __NAMES.of(Self::GRAPH, Self::JOINS, Self::INPUTS)
        }
    }
}

/// The nodes that an input of a join comes from.
fn sources(from: &[usize]) -> TokenStream {
    let nodes = from.iter().map(|node| literal(*node));
    quote!(&[#(#nodes),*])
}

pub(super) fn stored_names_differ(flow: &Flow) -> TokenStream {
    let name = &flow.declaration.name;
    let proof = quote_mixed!({ __p::steps::stored_names_differ(<#name as __p::Topology>::GRAPH) });
    let proof = flow.spanned_as("Proof", &proof, flow.nodes[0].spans);
    quote_mixed!(const _: () = <#proof as __p::steps::StoredNamesDiffer>::PROVED;)
}
