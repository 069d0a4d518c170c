//! A flow with errors: its name and mentions, and a flow that never runs, so that the code around
//! it type-checks and no error follows from the first.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Error, Type};

use super::{declaration, playbook};
use crate::flow::lower::Declaration;

pub(crate) fn stand_in(declaration: &Declaration, errors: &[Error]) -> TokenStream {
    let mentions = mentions(declaration);
    let mut errors = errors.iter().map(Error::to_compile_error);
    let Some(header) = &declaration.header else {
        // The value of the block is an error, of no particular type.
        let last = errors.next_back();
        return quote!({ #mentions #(#errors;)* #last });
    };
    let declared = declaration::declare(declaration);
    let (input, output) = (or_missing(&header.input), or_missing(&header.output));
    let is_missing = [&header.input, &header.output].into_iter().any(is_hole);
    let missing = is_missing.then(|| {
        let error = errors.next();
        quote!(const __MISSING: __p::usize = #error;)
    });
    let (name, crate_path) = (&declaration.name, &declaration.crate_path);
    let topology = topology(name, &input, &output);
    let steps = declaration.durability.map(|_| steps(name));
    let node = playbook::stand_in(declaration, header);
    quote! {
        #declared
        const _: () = {
            use #crate_path::__private as __p;
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

/// What the flow mentions, and its parts.
fn mentions(declaration: &Declaration) -> TokenStream {
    let own = declaration::mentions(declaration);
    let parts = declaration.parts.iter().map(declaration::mentions);
    quote!(#own #(const _: () = { #parts };)*)
}

#[cfg(feature = "durable")]
fn steps(flow: &Ident) -> TokenStream {
    super::steps::stand_in(flow)
}

#[cfg(not(feature = "durable"))]
fn steps(_: &Ident) -> TokenStream {
    TokenStream::new()
}

/// A missing type is made of the error itself, so that no other error follows.
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
                _: &mut ::core::option::Option<Self::In>,
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
