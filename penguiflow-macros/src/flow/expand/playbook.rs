//! A flow with a name as a node of others: a playbook.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::declaration;
use crate::flow::lower::{Declaration, Flow, Header};
use crate::spans;

/// Makes a flow a node. A flow with several outputs per trace, or one that parks, is not a node: it
/// is one under a bound that does not hold, so that the compiler reports why.
pub(super) fn playbook(flow: &Flow, header: &Header) -> TokenStream {
    let mut unmet = TokenStream::new();
    if flow.has_several_outputs {
        unmet.extend(quote!(for<'a> __p::Played<Self>: __p::GivesOneOutput<Self>,));
    }
    if flow.awaits().next().is_some() {
        unmet.extend(quote!(for<'a> __p::Played<Self>: __p::NeverParks<Self>,));
    }
    if !unmet.is_empty() {
        return node(&flow.declaration, header, &unmet);
    }
    let depends = flow.awaited_by_joins.first();
    let bound = depends.map(|_| quote!(for<'a> Self: __p::SingleOutput,));
    let value = value(&flow.declaration);
    playable(
        &flow.declaration,
        header,
        &value,
        &bound.unwrap_or_default(),
    )
}

/// The node of a flow with errors.
pub(super) fn stand_in(declaration: &Declaration, header: &Header) -> TokenStream {
    playable(
        declaration,
        header,
        &quote!(::core::unreachable!()),
        &quote!(),
    )
}

fn playable(
    declaration: &Declaration,
    header: &Header,
    value: &TokenStream,
    bound: &TokenStream,
) -> TokenStream {
    let name = &declaration.name;
    let (node, call) = (
        node(declaration, header, bound),
        call(declaration, header, bound),
    );
    let value = quote! {
        fn node() -> &'static Self {
            #value
        }
    };
    let function = quote_spanned! {declaration.site=>
        impl __p::FunctionNode for #name where #bound { #value }
    };
    quote!(#node #function #call)
}

fn call(declaration: &Declaration, header: &Header, bound: &TokenStream) -> TokenStream {
    let (name, again) = (&declaration.name, again(declaration, header));
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

/// A node, if these bounds hold. If they do not, they report why.
fn node(declaration: &Declaration, header: &Header, bounds: &TokenStream) -> TokenStream {
    let (name, label) = (&declaration.name, &declaration.label);
    let (policy, visits) = (header.options.policy(), header.options.visits());
    let retriable = header.options.is_retriable().then(|| quote!(.retriable()));
    let named = header.options.name.as_ref();
    let named = named.map(|name| quote!(.named(#name)));
    let body = quote! {
        type Signature = __p::Played<Self>;
        type Visits = #visits<__p::ByValue>;
        type Playbooks = __Playbooks;

        const INFO: __p::NodeInfo =
            __p::NodeInfo::of::<Self>(#label, #policy, ::core::file!(), ::core::line!())
                .playing(<Self as __p::Topology>::GRAPH) #retriable #named;
    };
    quote_spanned!(declaration.site=> impl __p::Node for #name where #bounds { #body })
}

/// The flow's value as a node, made once if its nodes have fields.
fn value(declaration: &Declaration) -> TokenStream {
    let name = &declaration.name;
    let (bindings, made) = declaration::value(declaration);
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
fn again(declaration: &Declaration, header: &Header) -> Option<TokenStream> {
    if !header.options.is_retriable() {
        return None;
    }
    let spanned = declaration.spanned(&declaration.name, spans::of(&header.input));
    Some(quote! {
        fn again(
            input: &mut ::core::option::Option<<Self as __p::Topology>::In>,
            is_last: __p::bool,
        ) -> <Self as __p::Topology>::In {
            <#spanned as __p::Retries<<Self as __p::Topology>::In>>::param(input, is_last)
        }
    })
}
