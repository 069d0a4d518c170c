//! What a flow with errors expands to: its name and its mentions, and a flow that never
//! runs, so that the rest of the code type-checks and no error follows from the first.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Type;

use super::names::Names;
use super::playbook;
use crate::flow::ast::Flow;

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
        return quote!({ #mentions #(#first;)* #last });
    };
    let mut errors = errors.into_iter();
    let (input, output) = (or_missing(&header.input), or_missing(&header.output));
    let is_missing = [&header.input, &header.output].into_iter().any(is_hole);
    let missing = is_missing.then(|| {
        let error = errors.next();
        quote!(const __MISSING: __p::usize = #error;)
    });
    let topology = topology(&header.name, &input, &output);
    let steps = flow
        .is_durable()
        .then(|| super::stand_in_steps(&header.name));
    let node = playbook::stand_in(header, names);
    let runtime = &names.runtime;
    quote! {
        #declared
        const _: () = {
            use #runtime::__private as __p;
            #mentions
            #missing
            #topology
            #steps
            use __p::NoPlaybooks as __Playbooks;
            #node
        };
        #(#errors)*
    }
}

/// A type that is not there is made of the error, so that no other one follows from it.
fn or_missing(ty: &Type) -> TokenStream {
    match is_hole(ty) {
        true => quote!([(); __MISSING]),
        false => quote!(#ty),
    }
}

fn is_hole(ty: &Type) -> bool {
    matches!(ty, Type::Verbatim(_))
}

fn topology(name: &Ident, input: &TokenStream, output: &TokenStream) -> TokenStream {
    let figures = super::worst_case::figures(name);
    quote! {
        impl __p::Topology for #name {
            type In = #input;
            type Out = #output;
            const GRAPH: &'static __p::Graph = &__p::Graph::new("", &[], &[], &[], &[]);
            const JOINS: &'static [__p::JoinInfo] = &[];
            const AWAITS: &'static [__p::AwaitInfo] = &[];
        }

        impl __p::SingleOutput for #name {}

        impl<__S> __p::Line<__S> for #name
        where
            __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        {
            fn line<'__t>(
                &'__t self,
                _: &'__t __S,
                _: &mut __p::Cursor<'__t>,
                _: Self::In,
                _: &'__t __p::Outputs<Self::Out>,
            ) -> impl ::core::future::Future<
                Output = __p::BranchResult<Self::Out>,
            > + ::core::marker::Send {
                ::core::future::pending()
            }
        }

        impl #name {
            pub fn flow() -> __p::Flow<Self> {
                ::core::unreachable!()
            }

            #figures
        }
    }
}
