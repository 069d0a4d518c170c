//! What a flow with errors expands to: its name and its mentions, and a flow that never
//! runs, so that the rest of the code type-checks and no error follows from the first.

use proc_macro2::TokenStream;
use quote::quote;

use super::names::Names;
use super::playbook;
use crate::flow::ast::{Flow, Header};

pub(super) fn stand_in(
    flow: &Flow,
    names: &Names,
    declared: &TokenStream,
    mentions: &TokenStream,
    errors: Vec<TokenStream>,
) -> TokenStream {
    let Some(header) = &flow.header else {
        // The value of the block is an error, of no particular type.
        let (last, first) = errors.split_last().expect("a stand-in is for errors");
        return quote!({ use ::penguiflow::__private as __p; #mentions #(#first;)* #last });
    };
    let (topology, node) = (topology(header), playbook::stand_in(header, names));
    quote! {
        #declared
        const _: () = {
            use ::penguiflow::__private as __p;
            #mentions
            #topology
            #node
        };
        #(#errors)*
    }
}

fn topology(header: &Header) -> TokenStream {
    let Header {
        name,
        input,
        output,
        ..
    } = header;
    quote! {
        impl __p::Topology for #name {
            type In = #input;
            type Out = #output;
            type Step = ();
            const GRAPH: &'static __p::Graph = &__p::Graph::new("", &[], &[], &[], &[]);
            const STEPS: &'static [&'static str] = &[];

            fn enter(_: Self::In, _: &mut __p::Course) -> __p::Outcome<(), Self::Out> {
                ::core::unreachable!()
            }
        }

        impl __p::SingleOutput for #name {}

        impl<__S> __p::Advance<__S> for #name
        where
            __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        {
            async fn advance<__H: __p::Host>(
                &self,
                _: &__p::Runtime<'_, __S>,
                _: &mut __p::Course,
                _: (),
                _: &__H,
            ) -> __p::Advanced<(), Self::Out> {
                ::core::unreachable!()
            }
        }

        impl #name {
            pub fn flow() -> __p::Flow<Self> {
                ::core::unreachable!()
            }
        }
    }
}
