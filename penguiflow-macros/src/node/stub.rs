//! An item with errors, and the node beside an `impl` with errors, which never runs.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;
use syn::{Error, Generics, ItemImpl, parse_quote};

use super::rules::elided;
use crate::crate_path;
use crate::options::Options;

/// A node whose signature is the first of the errors, so that none follows from it where a flow
/// names the node.
pub(super) fn stand_in(
    item: &TokenStream,
    options: &Options,
    errors: &mut Vec<Error>,
) -> Option<TokenStream> {
    let item: ItemImpl = syn::parse2(item.clone()).ok()?;
    if item.trait_.is_some() {
        return None;
    }
    let generics = with_bounds(&item);
    let (head, bounds) = (&generics.params, &generics.where_clause);
    let mut calling = generics.clone();
    calling.params.push(parse_quote!(__S));
    calling
        .make_where_clause()
        .predicates
        .push(parse_quote!(__S: ::core::marker::Send + ::core::marker::Sync + 'static));
    let (calling, calling_bounds) = (&calling.params, &calling.where_clause);
    let (ty, crate_path) = (
        &item.self_ty,
        crate_path::crate_path(options.crate_path.as_ref()),
    );
    let error = errors.remove(0).to_compile_error();
    Some(quote! {
        const _: () = {
            use #crate_path::__private as __p;
            type __Fault = [(); #error];

            impl<#head> __p::Node for #ty #bounds {
                type Signature = __Fault;
                type Visits = __p::Plain<__p::ByValue>;
                type Playbooks = __p::NoPlaybooks;
                const INFO: __p::NodeInfo =
                    __p::NodeInfo::of::<Self>("", __p::Policy::DEFAULT, "", 0)
                        .typed::<__Fault, ()>(false);
            }

            impl<#calling> __p::Call<__S> for #ty
            #calling_bounds
            {
                type Returned = __p::Attempt<Self>;

                async fn call<'__v>(
                    &'__v self,
                    _: __p::Lent<'__v, Self>,
                    _: __p::AttemptSeed<'__v, __S>,
                ) -> __p::Attempt<Self> {
                    ::core::unreachable!()
                }

                fn judge(returned: __p::Attempt<Self>) -> __p::Attempt<Self> {
                    returned
                }
            }
        };
    })
}

/// A generic node's parameters, with the bounds that each node has.
fn with_bounds(item: &ItemImpl) -> Generics {
    let (mut generics, ty) = (item.generics.clone(), &item.self_ty);
    if !generics.params.is_empty() {
        let clause = generics.make_where_clause();
        clause
            .predicates
            .push(parse_quote!(#ty: ::core::marker::Send + ::core::marker::Sync + 'static));
    }
    generics
}

/// Makes a function valid Rust that returns a borrow without taking one: that it is no node is an
/// error already.
pub(super) fn with_lifetimes(item: TokenStream) -> TokenStream {
    let tokens: Vec<_> = item.clone().into_iter().collect();
    let is_arrow = |pair: &[TokenTree]| match pair {
        [TokenTree::Punct(one), TokenTree::Punct(other)] => {
            one.as_char() == '-' && other.as_char() == '>'
        }
        _ => false,
    };
    let Some(arrow) = tokens.windows(2).position(is_arrow) else {
        return item;
    };
    let (head, rest) = tokens.split_at(arrow);
    let (returned, body) = rest.split_at(rest.len() - 1);
    let params = head.last().into_iter().cloned().collect();
    if elided(params).is_some() {
        return item;
    }
    let returned = with_static(returned.iter().cloned().collect());
    head.iter()
        .cloned()
        .chain(returned)
        .chain(body.to_vec())
        .collect()
}

/// The type with `'static` in each borrow.
fn with_static(tokens: TokenStream) -> TokenStream {
    let mut written = TokenStream::new();
    for token in tokens {
        let is_borrow = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '&');
        written.extend([match token {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), with_static(group.stream())))
            }
            token => token,
        }]);
        if is_borrow {
            written.extend(quote!('static));
        }
    }
    written
}
