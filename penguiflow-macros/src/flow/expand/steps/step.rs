//! `Step`: one variant per node, holding that node's input, and one per input of a join. It can
//! be copied and stored exactly when all of these can.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::literal;
use crate::flow::expand::names::{Names, plain};
use crate::flow::graph::Graph;

pub(super) fn step(graph: &Graph, names: &Names) -> TokenStream {
    let flow = &names.flow;
    let (variants, inputs): (Vec<_>, Vec<_>) = variants(graph, names).unzip();
    let labels = labels(names);
    let numbers = (0..variants.len()).map(literal);
    let numbers: Vec<_> = numbers.collect();
    // `for<'a>` lets the bounds be false: without it, rustc refuses bounds that do not
    // depend on a parameter. Their numbers tell nodes with the same input apart.
    quote! {
        #[allow(non_camel_case_types)]
        pub enum __Step {
            #(#variants(#inputs),)*
        }

        impl ::core::clone::Clone for __Step
        where
            #(for<'a> #inputs: __p::steps::CloneInput<#numbers>,)*
        {
            fn clone(&self) -> Self {
                match self {
                    #(Self::#variants(input) => {
                        Self::#variants(__p::steps::CloneInput::<#numbers>::copy(input))
                    })*
                }
            }
        }

        impl __p::steps::Serialize for __Step
        where
            #(for<'a> #inputs: __p::steps::EncodeInput<#numbers>,)*
        {
            fn serialize<__S: __p::steps::Serializer>(
                &self,
                serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                match self {
                    #(Self::#variants(input) => {
                        __p::steps::EncodeInput::<#numbers>::encode(input, #labels, serializer)
                    })*
                }
            }
        }

        impl<'de> __p::steps::Deserialize<'de> for __Step
        where
            Self: __p::steps::DecodeStep<'de>,
        {
            fn deserialize<__D: __p::steps::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                __p::steps::decode_step::<#flow, Self, __D>(deserializer)
            }
        }

        impl<'de> __p::steps::DecodeStep<'de> for __Step
        where
            #(for<'a> #inputs: __p::steps::DecodeInput<'de, #numbers>,)*
        {
            fn decode<__V: __p::steps::VariantAccess<'de>>(
                node: __p::usize,
                variant: __V,
            ) -> ::core::result::Result<Self, __V::Error> {
                match node {
                    #(#numbers => __p::steps::DecodeInput::<'de, #numbers>::decode(variant).map(Self::#variants),)*
                    _ => ::core::unreachable!(),
                }
            }
        }
    }
}

/// Each variant with what it holds: the nodes and their inputs, then what comes to joins.
pub(super) fn variants<'a>(
    graph: &'a Graph,
    names: &'a Names,
) -> impl Iterator<Item = (&'a Ident, TokenStream)> {
    let nodes = (0..graph.nodes.len()).map(|node| {
        let ty = &names.types[node];
        (&names.variants[node], quote!(__p::In<#ty>))
    });
    let parts = names.parts.iter().flatten().map(|part| {
        let ty = &part.ty;
        (&part.variant, quote!(#ty))
    });
    nodes.chain(parts)
}

/// What the variants are called where steps are stored.
pub(super) fn labels(names: &Names) -> Vec<String> {
    let parts = names.parts.iter().flatten().map(|part| part.label.clone());
    names.variants.iter().map(plain).chain(parts).collect()
}
