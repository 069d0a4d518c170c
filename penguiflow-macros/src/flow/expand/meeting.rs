//! What happens where branches meet, and where a trace parks: which steps are inputs of joins,
//! what a full join makes of them, and what becomes of a parked step.

use std::collections::HashSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::names::{Names, awaited};
use super::onward::taken_over;
use crate::flow::ast::Kind;
use crate::flow::graph::{Graph, Joining, Role};

pub(super) fn meeting(graph: &Graph, names: &Names) -> TokenStream {
    let joins = graph.joins().next().map(|_| joins(graph, names));
    let awaitable = awaitable(graph, names);
    let awaits = graph.awaits().next().map(|_| awaits(graph, names));
    quote! {
        #awaitable

        #[allow(unreachable_patterns, unused_variables)]
        impl __p::Meeting for __Step {
            #joins
            #awaits
        }
    }
}

fn joins(graph: &Graph, names: &Names) -> TokenStream {
    let all = || graph.joins().enumerate();
    let joins = all().map(|(_, (place, joining))| described(graph, names, place, joining));
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
        const JOINS: &'static [__p::JoinInfo] = &[#(#joins,)*];

        fn arrival(&self) -> ::core::option::Option<(__p::u32, __p::u32)> {
            match self {
                #(#arrivals)*
                _ => ::core::option::Option::None,
            }
        }

        fn fill(join: __p::u32, arrived: ::std::vec::Vec<Self>) -> Self {
            let mut arrived = ::core::iter::IntoIterator::into_iter(arrived);
            match join {
                #(#fills)*
                _ => ::core::unreachable!(),
            }
        }

        fn lost(
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

fn described(graph: &Graph, names: &Names, place: usize, joining: &Joining) -> TokenStream {
    let inputs = joining.slots.iter().map(|nodes| {
        let nodes = nodes.iter().map(|node| names.labels[*node].as_str());
        nodes.collect::<Vec<_>>().join(" or ")
    });
    let kind = match joining.kind {
        Kind::Join => quote!(__p::JoinKind::Join),
        Kind::Settle => quote!(__p::JoinKind::Settle),
        Kind::Race => quote!(__p::JoinKind::Race),
        Kind::Each => quote!(__p::JoinKind::Each),
        Kind::Quorum(wanted) => {
            let wanted = literal(wanted);
            quote!(__p::JoinKind::Quorum(#wanted))
        }
    };
    let items = joining.map.map(|map| match &graph.nodes[map].role {
        Role::Map(mapping) => {
            let (limit, max) = (&mapping.limit, &mapping.max);
            // The length of an array is a `usize`, which the compiler says of the number alone.
            let max = max.as_ref().map(|max| quote!(.at_most([(); #max].len())));
            quote!(.of_items([(); #limit].len()) #max)
        }
        _ => TokenStream::new(),
    });
    let label = &names.labels[place];
    quote!(__p::JoinInfo::new(#label, #kind, &[#(#inputs,)*]) #items)
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

/// What the flow can be given: each type once.
fn awaitable(graph: &Graph, names: &Names) -> TokenStream {
    let flow = &names.flow;
    let awaits = |ty: Ident| quote_spanned!(names.site=> #[allow(unused_qualifications)] impl __p::Awaits<#ty> for #flow {});
    let mut seen = HashSet::new();
    let new = graph
        .awaits()
        .filter(|(_, waiting)| seen.insert(waiting.ty.to_token_stream().to_string()));
    new.map(|(place, _)| awaits(awaited(&graph.nodes[place])))
        .collect()
}

fn awaits(graph: &Graph, names: &Names) -> TokenStream {
    let all = || graph.awaits().enumerate();
    let awaits = all().map(|(_, (place, waiting))| {
        let (label, ty) = (&names.labels[place], awaited(&graph.nodes[place]));
        let within = waiting.within.map(crate::duration::tokens);
        let within = within.map(|within| quote!(.within(#within)));
        quote!(__p::AwaitInfo::of::<#ty>(#label) #within)
    });
    let parked = all().map(|(number, (place, _))| {
        let (variant, number) = (&names.parts[place][0].variant, literal(number));
        quote!(Self::#variant(_) => ::core::option::Option::Some(#number),)
    });
    let resumed = all().map(|(_, (place, _))| {
        let (variant, parked) = (&names.variants[place], &names.parts[place][0].variant);
        let ty = awaited(&graph.nodes[place]);
        quote! {
            Self::#parked(input) => match __p::downcast::<#ty>(given) {
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
        const AWAITS: &'static [__p::AwaitInfo] = &[#(#awaits,)*];

        fn parked(&self) -> ::core::option::Option<__p::u32> {
            match self {
                #(#parked)*
                _ => ::core::option::Option::None,
            }
        }

        fn resume(self, given: __p::Given) -> ::core::result::Result<Self, (Self, __p::Given)> {
            match self {
                #(#resumed)*
                step => ::core::result::Result::Err((step, given)),
            }
        }

        #expire
    }
}

fn literal(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}
