//! `Step`: one variant per node, holding that node's input, and one per input of a join. It can
//! be copied and stored exactly when all of these can.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

use crate::flow::expand::literal::literal;
use crate::flow::lower::{Flow, Join, Node, Role};

pub(super) fn step(flow: &Flow) -> TokenStream {
    let all = variants(flow);
    let variants: Vec<_> = all.iter().map(|variant| &variant.ident).collect();
    let inputs: Vec<_> = all.iter().map(|variant| &variant.input).collect();
    let decoded = decoded(&all);
    let numbers = (0..variants.len()).map(literal);
    let numbers: Vec<_> = numbers.collect();
    // `for<'a>` lets the bounds be false: without it, rustc refuses bounds that do not
    // depend on a parameter. Their numbers distinguish nodes with the same input.
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
                        __p::steps::EncodeInput::<#numbers>::encode(
                            input,
                            <Self as __p::steps::StepJoins>::names().of(#numbers),
                            serializer,
                        )
                    })*
                }
            }
        }

        #decoded
    }
}

/// A step is read by the name of its variant.
fn decoded(all: &[Variant]) -> TokenStream {
    let variants: Vec<_> = all.iter().map(|variant| &variant.ident).collect();
    let inputs = all.iter().map(|variant| &variant.input);
    let numbers: Vec<_> = (0..all.len()).map(literal).collect();
    quote! {
        impl<'de> __p::steps::Deserialize<'de> for __Step
        where
            Self: __p::steps::DecodeStep<'de>,
        {
            fn deserialize<__D: __p::steps::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                __p::steps::decode_step::<Self, __D>(deserializer)
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

/// A variant of `Step`.
pub(super) struct Variant {
    pub(super) ident: Ident,
    /// The type that it holds.
    input: TokenStream,
}

/// All variants: the nodes with their inputs, then the inputs of joins and the parked values. The names
/// by which `frontier::StepNames` stores them are in this order.
pub(super) fn variants(flow: &Flow) -> Vec<Variant> {
    let nodes = flow.nodes.iter().map(|node| {
        let ty = &node.ty;
        Variant {
            ident: node.ident.clone(),
            input: quote!(__p::In<#ty>),
        }
    });
    let parts = flow.nodes.iter().flat_map(|node| {
        match &node.role {
            Role::Join(join) => join
                .inputs
                .iter()
                .map(|input| &input.ty)
                .enumerate()
                .collect(),
            Role::Await(wait) => vec![(0, &wait.parked)],
            Role::Visit(_) | Role::Map(_) => Vec::new(),
        }
        .into_iter()
        .map(|(slot, ty)| Variant {
            ident: input_variant(&node.ident, slot),
            input: ty.to_token_stream(),
        })
    });
    nodes.chain(parts).collect()
}

/// The variants of a join's inputs.
pub(super) fn input_variants(join: &Join) -> Vec<Ident> {
    let slots = 0..join.inputs.len();
    slots.map(|slot| input_variant(&join.ident, slot)).collect()
}

/// The variant of the value that is parked at a node.
pub(super) fn parked_variant(node: &Node) -> Ident {
    input_variant(&node.ident, 0)
}

/// The variant of an input of the join at this node, or of the value that is parked there.
pub(super) fn input_variant(node: &Ident, slot: usize) -> Ident {
    format_ident!("__{}_{}", node, slot, span = Span::call_site())
}
