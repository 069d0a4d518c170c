//! What happens where branches meet, and where a trace parks: which steps are inputs of joins,
//! what a full join makes of them, and what becomes of a parked step.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::literal;
use super::onward::taken_over;
use super::step::variants;
use crate::flow::ast::Kind;
use crate::flow::expand::names::{Names, awaited};
use crate::flow::graph::{Graph, Joining};

pub(super) fn joins(graph: &Graph, names: &Names) -> TokenStream {
    let flow = &names.flow;
    let variants: Vec<_> = variants(graph, names).map(|(variant, _)| variant).collect();
    let numbers = (0..variants.len()).map(literal);
    let joins = graph.joins().next().map(|_| joined(graph, names));
    let awaits = graph.awaits().next().map(|_| awaits(graph, names));
    quote! {
        #[allow(unreachable_patterns, unused_variables)]
        impl __p::steps::StepJoins for __Step {
            const GRAPH: &'static __p::Graph = <#flow as __p::Topology>::GRAPH;
            const JOINS: &'static [__p::JoinInfo] = <#flow as __p::Topology>::JOINS;
            const AWAITS: &'static [__p::AwaitInfo] = <#flow as __p::Topology>::AWAITS;

            fn number(&self) -> __p::usize {
                match self { #(Self::#variants(_) => #numbers,)* }
            }

            #joins
            #awaits
        }
    }
}

fn joined(graph: &Graph, names: &Names) -> TokenStream {
    let all = || graph.joins().enumerate();
    let arrivals = all().flat_map(|(number, (place, _))| {
        let parts = names.parts[place].iter().enumerate();
        parts.map(move |(slot, part)| {
            let (variant, number, slot) = (&part.variant, literal(number), literal(slot));
            quote!(Self::#variant(_) => ::core::option::Option::Some((#number, #slot)),)
        })
    });
    let fills = all().map(|(number, (place, joining))| {
        let (number, filled) = (literal(number), filled(names, place, joining));
        quote!(#number => #filled,)
    });
    let settles = all().filter(|(_, (_, joining))| joining.kind == Kind::Settle);
    let losses = settles.flat_map(|(number, (place, joining))| {
        let parts = names.parts[place].iter().enumerate();
        parts.map(move |(slot, part)| {
            let (variant, number) = (&part.variant, literal(number));
            let slot = match joining.map {
                Some(_) => quote!(_),
                None => {
                    let slot = literal(slot);
                    quote!(#slot)
                }
            };
            let lost = quote!(Self::#variant(::core::result::Result::Err(error)));
            quote!((#number, #slot) => ::core::option::Option::Some(#lost),)
        })
    });
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

/// The join's step, from the steps that came to its inputs: in the order of the inputs, or,
/// for a race and a quorum, in which they came.
fn filled(names: &Names, place: usize, joining: &Joining) -> TokenStream {
    let join = &names.variants[place];
    let variants: Vec<_> = names.parts[place]
        .iter()
        .map(|part| &part.variant)
        .collect();
    match (joining.kind, joining.map) {
        (Kind::Join | Kind::Settle, None) => {
            let parts: Vec<_> = (0..variants.len())
                .map(|slot| format_ident!("part{slot}"))
                .collect();
            let next = variants
                .iter()
                .map(|_| quote!(::core::iter::Iterator::next(&mut arrived)));
            quote! {
                match (#(#next,)*) {
                    (#(::core::option::Option::Some(Self::#variants(#parts)),)*) => {
                        Self::#join((#(#parts,)*))
                    }
                    _ => ::core::unreachable!(),
                }
            }
        }
        (Kind::Race | Kind::Each, _) => quote! {
            match ::core::iter::Iterator::next(&mut arrived) {
                ::core::option::Option::Some(#(Self::#variants(part))|*) => Self::#join(part),
                _ => ::core::unreachable!(),
            }
        },
        (Kind::Quorum(_), _) | (_, Some(_)) => quote! {{
            let parts = ::core::iter::Iterator::map(arrived, |step| match step {
                #(Self::#variants(part))|* => part,
                _ => ::core::unreachable!(),
            });
            Self::#join(::core::iter::Iterator::collect(parts))
        }},
    }
}

fn awaits(graph: &Graph, names: &Names) -> TokenStream {
    let all = || graph.awaits().enumerate();
    let parked = all().map(|(number, (place, _))| {
        let (variant, number) = (&names.parts[place][0].variant, literal(number));
        quote!(Self::#variant(_) => ::core::option::Option::Some(#number),)
    });
    let resumed = all().map(|(_, (place, _))| {
        let (variant, parked) = (&names.variants[place], &names.parts[place][0].variant);
        let ty = awaited(&graph.nodes[place]);
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
    let expired = all().filter_map(|(_, (place, _))| {
        let parked = &names.parts[place][0].variant;
        let step = taken_over(graph, names, place)?;
        Some(ours!(Self::#parked(input) => ::core::result::Result::Ok(#step),))
    });
    let expire = ours! {
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

        fn resume(self, given: __p::steps::Given) -> ::core::result::Result<Self, (Self, __p::steps::Given)> {
            match self {
                #(#resumed)*
                step => ::core::result::Result::Err((step, given)),
            }
        }

        #expire
    }
}
