//! What happens where branches meet: which steps are inputs of joins, and what a full join
//! makes of them.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::names::Names;
use crate::flow::ast::Kind;
use crate::flow::graph::{Graph, Joining};

pub(super) fn meeting(graph: &Graph, names: &Names) -> TokenStream {
    if graph.joins().next().is_none() {
        return quote!(impl __p::Meeting for __Step {});
    }
    let joins = graph
        .joins()
        .map(|(place, joining)| described(names, place, joining));
    let arrivals = graph.joins().enumerate().flat_map(|(number, (place, _))| {
        names.parts[place]
            .iter()
            .enumerate()
            .map(move |(slot, part)| {
                let (variant, number, slot) = (&part.variant, u32(number), u32(slot));
                quote!(Self::#variant(_) => ::core::option::Option::Some((#number, #slot)),)
            })
    });
    let fills = graph.joins().enumerate().map(|(number, (place, joining))| {
        let (number, filled) = (u32(number), filled(names, place, joining));
        quote!(#number => #filled,)
    });
    let losses = graph
        .joins()
        .enumerate()
        .flat_map(|(number, (place, joining))| {
            let parts = names.parts[place].iter().enumerate();
            parts
                .filter(|_| joining.kind == Kind::Settle)
                .map(move |(slot, part)| {
                    let (variant, number, slot) = (&part.variant, u32(number), u32(slot));
                    let lost = quote!(Self::#variant(::core::result::Result::Err(error)));
                    quote!((#number, #slot) => ::core::option::Option::Some(#lost),)
                })
        });
    quote! {
        #[allow(unreachable_patterns)]
        impl __p::Meeting for __Step {
            const JOINS: &'static [__p::JoinInfo] = &[#(#joins,)*];

            fn arrival(&self) -> ::core::option::Option<(u32, u32)> {
                match self {
                    #(#arrivals)*
                    _ => ::core::option::Option::None,
                }
            }

            fn fill(join: u32, arrived: ::std::vec::Vec<Self>) -> Self {
                let mut arrived = ::core::iter::IntoIterator::into_iter(arrived);
                match join {
                    #(#fills)*
                    _ => ::core::unreachable!(),
                }
            }

            #[allow(unused_variables)]
            fn lost(
                join: u32,
                slot: u32,
                error: __p::NodeError,
            ) -> ::core::option::Option<Self> {
                match (join, slot) {
                    #(#losses)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    }
}

fn described(names: &Names, place: usize, joining: &Joining) -> TokenStream {
    let inputs = joining.slots.iter().map(|nodes| {
        let nodes: Vec<_> = nodes
            .iter()
            .map(|node| names.labels[*node].as_str())
            .collect();
        nodes.join(" or ")
    });
    let kind = match joining.kind {
        Kind::Join => quote!(__p::JoinKind::Join),
        Kind::Settle => quote!(__p::JoinKind::Settle),
        Kind::Race => quote!(__p::JoinKind::Race),
        Kind::Quorum(wanted) => {
            let wanted = u32(wanted);
            quote!(__p::JoinKind::Quorum(#wanted))
        }
    };
    let label = &names.labels[place];
    quote!(__p::JoinInfo::new(#label, #kind, &[#(#inputs,)*]))
}

/// The join's step, from the steps that came to its inputs: in the order of the inputs, or,
/// for a race and a quorum, in which they came.
fn filled(names: &Names, place: usize, joining: &Joining) -> TokenStream {
    let join = &names.variants[place];
    let variants: Vec<_> = names.parts[place]
        .iter()
        .map(|part| &part.variant)
        .collect();
    match joining.kind {
        Kind::Join | Kind::Settle => {
            let parts: Vec<_> = (0..variants.len())
                .map(|slot| format_ident!("part{slot}"))
                .collect();
            let next = variants.iter().map(|_| quote!(arrived.next()));
            quote! {
                match (#(#next,)*) {
                    (#(::core::option::Option::Some(Self::#variants(#parts)),)*) => {
                        Self::#join((#(#parts,)*))
                    }
                    _ => ::core::unreachable!(),
                }
            }
        }
        Kind::Race => quote! {
            match arrived.next() {
                ::core::option::Option::Some(#(Self::#variants(part))|*) => Self::#join(part),
                _ => ::core::unreachable!(),
            }
        },
        Kind::Quorum(_) => quote! {{
            let parts = arrived.map(|step| match step {
                #(Self::#variants(part))|* => part,
                _ => ::core::unreachable!(),
            });
            Self::#join(parts.collect())
        }},
    }
}

fn u32(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}
