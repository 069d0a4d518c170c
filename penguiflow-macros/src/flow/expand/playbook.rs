//! A flow with a name as a node of others: a playbook.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::names::Names;
use crate::flow::ast::{Flow, Header};
use crate::flow::graph::Graph;
use crate::place::ends;

/// What makes a node of a flow. One that has several outputs per trace, or parks, is none: it
/// would be one if it were otherwise, so that the compiler says why.
pub(super) fn playbook(
    flow: &Flow,
    graph: &Graph,
    names: &Names,
    bindings: &TokenStream,
    made: &TokenStream,
) -> Option<TokenStream> {
    let header = flow.header.as_ref()?;
    let mut unmet = TokenStream::new();
    if graph.has_several_outputs() {
        unmet.extend(quote!(for<'a> __p::Played<Self>: __p::GivesOneOutput<Self>,));
    }
    if graph.awaits().next().is_some() {
        unmet.extend(quote!(for<'a> __p::Played<Self>: __p::NeverParks<Self>,));
    }
    if !unmet.is_empty() {
        return Some(node(header, names, &unmet));
    }
    let depends = graph.held().next();
    let bound = depends.map(|_| quote!(for<'a> Self: __p::SingleOutput,));
    let value = value(header, bindings, made);
    Some(playable(header, names, &value, &bound.unwrap_or_default()))
}

/// A node that stands in for that of a flow with errors.
pub(super) fn stand_in(header: &Header, names: &Names) -> TokenStream {
    playable(header, names, &quote!(::core::unreachable!()), &quote!())
}

fn playable(
    header: &Header,
    names: &Names,
    value: &TokenStream,
    bound: &TokenStream,
) -> TokenStream {
    let (name, node, call) = (
        &header.name,
        node(header, names, bound),
        call(header, names, bound),
    );
    let value = quote! {
        fn node() -> &'static Self {
            #value
        }
    };
    let function = quote_spanned! {names.site=>
        impl __p::FunctionNode for #name where #bound { #value }
    };
    quote!(#node #function #call)
}

fn call(header: &Header, names: &Names, bound: &TokenStream) -> TokenStream {
    let (name, again) = (&header.name, again(header, names));
    quote! {
        impl<__S> __p::Call<__S> for #name
        where
            __S: ::core::marker::Send + ::core::marker::Sync + 'static,
            Self: __p::Line<__S>,
            #bound
        {
            type Returned = ::core::result::Result<
                ::core::option::Option<__p::Message<<Self as __p::Topology>::Out>>,
                __p::Fault,
            >;

            fn call<'__v>(
                &'__v self,
                input: __p::Lent<'__v, Self>,
                seed: __p::AttemptSeed<'__v, __S>,
            ) -> impl ::core::future::Future<Output = Self::Returned>
            + ::core::marker::Send
            + '__v {
                __p::play(self, input, seed)
            }

            fn judge(returned: Self::Returned) -> Self::Returned {
                returned
            }

            #again
        }
    }
}

/// A node, if these bounds hold. Where there are any, they say why it is none.
fn node(header: &Header, names: &Names, bounds: &TokenStream) -> TokenStream {
    let (name, label) = (&header.name, header.name.to_string());
    let (policy, visits) = (header.options.policy(), header.options.visits());
    let named = header.options.name.as_ref();
    let named = named.map(|name| quote!(.named(#name)));
    let body = quote! {
        type Signature = __p::Played<Self>;
        type Visits = #visits<__p::ByValue>;
        type Playbooks = __Playbooks;

        const INFO: __p::NodeInfo =
            __p::NodeInfo::of::<Self>(#label, #policy, ::core::file!(), ::core::line!())
                .playing(<Self as __p::Topology>::GRAPH) #named;
    };
    quote_spanned!(names.site=> impl __p::Node for #name where #bounds { #body })
}

/// The flow's only value as a node: made once, if nodes in it have fields.
fn value(header: &Header, bindings: &TokenStream, made: &TokenStream) -> TokenStream {
    let name = &header.name;
    match bindings.is_empty() {
        true => quote!(&#made),
        false => quote! {
            static NODE: ::std::sync::OnceLock<#name> = ::std::sync::OnceLock::new();
            NODE.get_or_init(|| {
                #bindings
                #made
            })
        },
    }
}

/// The input for one more attempt: a copy, while there are attempts left.
fn again(header: &Header, names: &Names) -> Option<TokenStream> {
    if header.options.retries == 0 {
        return None;
    }
    let place = names.place(&header.name, ends(&header.input));
    Some(quote! {
        fn again(
            input: &mut ::core::option::Option<<Self as __p::Topology>::In>,
            is_last: __p::bool,
        ) -> <Self as __p::Topology>::In {
            <#place as __p::Retries<<Self as __p::Topology>::In>>::param(input, is_last)
        }
    })
}
