//! Writes `StepJoins`: which steps are inputs of joins, the step that a full join makes of them,
//! and the steps that parked ones become.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use super::names::names;
use super::step::{input_variants, parked_variant, variants};
use super::successors::taken_over;
use crate::flow::expand::literal::literal;
use crate::flow::join_kind::JoinKind;
use crate::flow::lower::{Flow, Join};

pub(super) fn joins(flow: &Flow) -> TokenStream {
    let variants = variants(flow).into_iter();
    let variants: Vec<_> = variants.map(|variant| variant.ident).collect();
    let numbers = (0..variants.len()).map(literal);
    let joins = flow.joins().next().map(|_| joined(flow));
    let awaits = flow.awaits().next().map(|_| awaits(flow));
    let names = names(flow);
    let flow = &flow.declaration.name;
    quote! {
        #[allow(unreachable_patterns, unused_variables)]
        impl __p::steps::StepJoins for __Step {
            const GRAPH: &'static __p::Graph = <#flow as __p::Topology>::GRAPH;
            const JOINS: &'static [__p::JoinInfo] = <#flow as __p::Topology>::JOINS;
            const AWAITS: &'static [__p::AwaitInfo] = <#flow as __p::Topology>::AWAITS;

            #names

            fn number(&self) -> __p::usize {
                match self { #(Self::#variants(_) => #numbers,)* }
            }

            #joins
            #awaits
        }
    }
}

fn joined(flow: &Flow) -> TokenStream {
    let arrivals = flow.joins().flat_map(|(_, join)| arrivals(join));
    let fills = flow.joins().map(|(_, join)| {
        let (number, filled) = (literal(join.number), filled(join));
        quote!(#number => #filled,)
    });
    let settles = flow
        .joins()
        .filter(|(_, join)| join.kind == JoinKind::Settle);
    let losses = settles.flat_map(|(_, join)| losses(join));
    quote! {
        fn input(&self) -> ::core::option::Option<(__p::u32, __p::u32)> {
            match self {
                #(#arrivals)*
                _ => ::core::option::Option::None,
            }
        }

        fn complete(join: __p::u32, arrived: ::std::vec::Vec<Self>) -> Self {
            let mut arrived = ::core::iter::IntoIterator::into_iter(arrived);
            match join {
                #(#fills)*
                _ => ::core::unreachable!(),
            }
        }

        fn failed_branch(
            join: __p::u32,
            slot: __p::u32,
            error: __p::NodeError,
        ) -> ::core::option::Option<Self> {
            match (join, slot) {
                #(#losses)*
                _ => ::core::option::Option::None,
            }
        }
    }
}

/// The arms that map a step to the input of the join that it is.
fn arrivals(join: &Join) -> Vec<TokenStream> {
    let variants = input_variants(join).into_iter().enumerate();
    let arrivals = variants.map(|(slot, variant)| {
        let (number, slot) = (literal(join.number), literal(slot));
        quote!(Self::#variant(_) => ::core::option::Option::Some((#number, #slot)),)
    });
    arrivals.collect()
}

/// The arms that make the step of a failed branch of a `settle`.
fn losses(join: &Join) -> Vec<TokenStream> {
    let variants = input_variants(join).into_iter().enumerate();
    let losses = variants.map(|(slot, variant)| {
        let number = literal(join.number);
        let slot = match join.map {
            Some(_) => quote!(_),
            None => literal(slot).into_token_stream(),
        };
        let lost = quote!(Self::#variant(::core::result::Result::Err(error)));
        quote!((#number, #slot) => ::core::option::Option::Some(#lost),)
    });
    losses.collect()
}

/// Makes the join's step of the steps at its inputs: in the order of the inputs, or, for a race and
/// a quorum, of their arrival.
fn filled(join: &Join) -> TokenStream {
    let (ident, variants) = (&join.ident, input_variants(join));
    match (join.kind, join.map) {
        (JoinKind::Join | JoinKind::Settle, None) => {
            let inputs: Vec<_> = (0..variants.len())
                .map(|slot| format_ident!("input{slot}"))
                .collect();
            let next = variants
                .iter()
                .map(|_| quote!(::core::iter::Iterator::next(&mut arrived)));
            quote! {
                match (#(#next,)*) {
                    (#(::core::option::Option::Some(Self::#variants(#inputs)),)*) => {
                        Self::#ident((#(#inputs,)*))
                    }
                    _ => ::core::unreachable!(),
                }
            }
        }
        (JoinKind::Race | JoinKind::Each, _) => quote! {
            match ::core::iter::Iterator::next(&mut arrived) {
                ::core::option::Option::Some(#(Self::#variants(input))|*) => Self::#ident(input),
                _ => ::core::unreachable!(),
            }
        },
        (JoinKind::Quorum(_), _) | (_, Some(_)) => quote! {{
            let inputs = ::core::iter::Iterator::map(arrived, |step| match step {
                #(Self::#variants(input))|* => input,
                _ => ::core::unreachable!(),
            });
            Self::#ident(::core::iter::Iterator::collect(inputs))
        }},
    }
}

fn awaits(flow: &Flow) -> TokenStream {
    let parked = flow.awaits().map(|(node, wait)| {
        let (variant, number) = (parked_variant(node), literal(wait.number));
        quote!(Self::#variant(_) => ::core::option::Option::Some(#number),)
    });
    let payloads = flow.awaits().map(|(node, _)| {
        let variant = parked_variant(node);
        quote!(Self::#variant(payload) => ::core::option::Option::Some(payload),)
    });
    let resumed = flow.awaits().map(|(node, wait)| {
        let (variant, parked, ty) = (&node.ident, parked_variant(node), &wait.ty);
        quote! {
            Self::#parked(input) => match __p::steps::downcast::<#ty>(given) {
                ::core::result::Result::Ok(given) => {
                    ::core::result::Result::Ok(Self::#variant((input, given)))
                }
                ::core::result::Result::Err(given) => {
                    ::core::result::Result::Err((Self::#parked(input), given))
                }
            },
        }
    });
    let expired = flow.awaits().filter_map(|(node, _)| {
        let (parked, step) = (parked_variant(node), taken_over(flow, node)?);
        Some(quote_mixed!(Self::#parked(input) => ::core::result::Result::Ok(#step),))
    });
    let expire = quote_mixed! {
        fn expire(self, error: __p::NodeError) -> ::core::result::Result<Self, __p::NodeError> {
            match self {
                #(#expired)*
                _ => ::core::result::Result::Err(error),
            }
        }
    };
    quote! {
        fn parked(&self) -> ::core::option::Option<__p::u32> {
            match self {
                #(#parked)*
                _ => ::core::option::Option::None,
            }
        }

        fn payload(&self) -> ::core::option::Option<&dyn ::core::any::Any> {
            match self {
                #(#payloads)*
                _ => ::core::option::Option::None,
            }
        }

        fn resume(self, given: __p::steps::Given) -> ::core::result::Result<Self, (Self, __p::steps::Given)> {
            match self {
                #(#resumed)*
                step => ::core::result::Result::Err((step, given)),
            }
        }

        #expire
    }
}
