//! A flow with a name as a node of others: a playbook.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

use super::names::Names;
use crate::flow::ast::{Flow, Header};
use crate::flow::graph::Graph;

/// What makes a node of a flow that has one output per trace, and does not park.
pub(super) fn playbook(
    flow: &Flow,
    graph: &Graph,
    names: &Names,
    bindings: &TokenStream,
    made: &TokenStream,
) -> Option<TokenStream> {
    let header = flow.header.as_ref()?;
    if graph.has_several_outputs() || graph.awaits().next().is_some() {
        return None;
    }
    let (node, value) = (node(header), value(header, bindings, made));
    let (name, param) = (&header.name, param(header, names));
    Some(quote! {
        #node
        #value

        impl<__S> __p::Call<__S> for #name
        where
            __S: ::core::marker::Send + ::core::marker::Sync + 'static,
            Self: __p::Advance<__S>,
        {
            async fn call(
                &self,
                param: &mut ::core::option::Option<__In>,
                visit: &__p::Visit<'_, __S>,
            ) -> ::core::result::Result<
                ::core::option::Option<__p::Message<__Out>>,
                __p::Fault,
            > {
                let input = #param;
                __p::play(self, input, visit).await
            }
        }
    })
}

fn node(header: &Header) -> TokenStream {
    let (name, label) = (&header.name, header.name.to_string());
    let policy = header.options.policy();
    let named = header.options.name.as_ref();
    let named = named.map(|name| quote!(.named(#name)));
    quote! {
        impl __p::Node for #name {
            type Signature = __p::Played<Self>;
            type Taking = __p::ByValue;

            const INFO: __p::NodeInfo =
                __p::NodeInfo::of::<Self>(#label, #policy, ::core::file!(), ::core::line!())
                    .playing(<Self as __p::Topology>::GRAPH) #named;
        }
    }
}

/// The flow's only value as a node: made once, if nodes in it have fields.
fn value(header: &Header, bindings: &TokenStream, made: &TokenStream) -> TokenStream {
    let name = &header.name;
    let value = match bindings.is_empty() {
        true => quote!(&#made),
        false => quote! {
            static NODE: ::std::sync::OnceLock<#name> = ::std::sync::OnceLock::new();
            NODE.get_or_init(|| {
                #bindings
                #made
            })
        },
    };
    quote! {
        impl __p::FunctionNode for #name {
            fn node() -> &'static Self {
                #value
            }
        }
    }
}

/// The input for this attempt: taken, or copied while there are attempts left.
fn param(header: &Header, names: &Names) -> TokenStream {
    if header.options.retries == 0 {
        return quote!(__p::by_value(param));
    }
    let ends = header.input.to_token_stream().into_iter().last();
    let last = ends.map_or_else(|| header.input.span(), |token| token.span());
    let place = names.place(&header.name, (header.input.span(), last));
    quote!(<#place as __p::Retries<__In>>::param(param, visit.is_last()))
}
