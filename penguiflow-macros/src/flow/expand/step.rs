//! `Step`: one variant per node, holding that node's input. It is serialisable exactly when
//! all inputs are.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::names::Names;
use crate::flow::graph::Graph;

pub(super) fn step(graph: &Graph, names: &Names) -> TokenStream {
    let Names {
        flow,
        variants,
        types,
        labels,
        ..
    } = names;
    let numbers: Vec<_> = (0..graph.nodes.len() as u32)
        .map(Literal::u32_unsuffixed)
        .collect();
    // `for<'a>` lets the bounds be false: without it, rustc refuses bounds that do not
    // depend on a parameter. Their numbers tell nodes with the same input apart.
    quote! {
        #[allow(non_camel_case_types)]
        pub enum __Step {
            #(#variants(__p::In<#types>),)*
        }

        impl __p::Serialize for __Step
        where
            #(for<'a> __p::In<#types>: __p::EncodeInput<#numbers>,)*
        {
            fn serialize<S: __p::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    #(Self::#variants(input) => {
                        __p::EncodeInput::<#numbers>::encode(input, #labels, serializer)
                    })*
                }
            }
        }

        impl<'de> __p::Deserialize<'de> for __Step
        where
            #(for<'a> __p::In<#types>: __p::DecodeInput<'de, #numbers>,)*
        {
            fn deserialize<D: __p::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                __p::decode_step::<#flow, Self, D>(deserializer)
            }
        }

        impl<'de> __p::DecodeStep<'de> for __Step
        where
            #(for<'a> __p::In<#types>: __p::DecodeInput<'de, #numbers>,)*
        {
            fn decode<V: __p::VariantAccess<'de>>(
                node: usize,
                variant: V,
            ) -> ::core::result::Result<Self, V::Error> {
                match node {
                    #(#numbers => __p::DecodeInput::<'de, #numbers>::decode(variant).map(Self::#variants),)*
                    _ => ::core::unreachable!(),
                }
            }
        }
    }
}
