//! A flow with a name as a node of others: a playbook.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::declaration;
use crate::flow::lower::{Declaration, Flow, Header};
use crate::options::Options;
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
        return node(&flow.declaration, &header.options, &unmet);
    }
    let depends = flow.awaited_by_joins.first();
    let bound = depends.map(|_| quote!(for<'a> Self: __p::SingleOutput,));
    let value = value(&flow.declaration);
    let again = again(&flow.declaration, header);
    playable(
        (&flow.declaration, &header.options),
        Some(&value),
        &bound.unwrap_or_default(),
        again,
    )
}

/// Makes a part in parentheses a node. If nodes with fields are in it, its value is in the flow
/// around it.
pub(super) fn of_part(flow: &Flow) -> TokenStream {
    let declaration = &flow.declaration;
    let depends = flow.awaited_by_joins.first();
    let bound = depends.map(|_| quote!(for<'a> Self: __p::SingleOutput,));
    let value = (!declaration.has_fields()).then(|| {
        let name = &declaration.name;
        quote!(&#name {})
    });
    playable(
        (declaration, &Options::default()),
        value.as_ref(),
        &bound.unwrap_or_default(),
        None,
    )
}

/// The node of a flow with errors.
pub(super) fn stand_in(declaration: &Declaration, header: &Header) -> TokenStream {
    playable(
        (declaration, &header.options),
        Some(&quote!(::core::unreachable!())),
        &quote!(),
        again(declaration, header),
    )
}

fn playable(
    (declaration, options): (&Declaration, &Options),
    value: Option<&TokenStream>,
    bound: &TokenStream,
    again: Option<TokenStream>,
) -> TokenStream {
    let name = &declaration.name;
    let (node, call) = (
        node(declaration, options, bound),
        call(declaration, bound, again),
    );
    let function = value.map(|value| {
        let value = quote! {
            fn node() -> &'static Self {
                #value
            }
        };
        quote_spanned! {declaration.site=>
            impl __p::FunctionNode for #name where #bound { #value }
        }
    });
    quote!(#node #function #call)
}

fn call(declaration: &Declaration, bound: &TokenStream, again: Option<TokenStream>) -> TokenStream {
    let name = &declaration.name;
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
fn node(declaration: &Declaration, options: &Options, bounds: &TokenStream) -> TokenStream {
    let (name, label) = (&declaration.name, &declaration.label);
    let (policy, visits) = (options.policy(), options.visits());
    let retriable = options.is_retriable().then(|| quote!(.retriable()));
    let naming = options.naming();
    let body = quote! {
        type Signature = __p::Played<Self>;
        type Visits = #visits<__p::ByValue>;
        type Playbooks = __Playbooks;

        const INFO: __p::NodeInfo =
            __p::NodeInfo::of::<Self>(#label, #policy, ::core::file!(), ::core::line!())
                .playing(<Self as __p::Topology>::GRAPH) #retriable #naming;
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
