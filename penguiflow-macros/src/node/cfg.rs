//! `#[cfg(…)]` on a parameter. A macro cannot evaluate the predicate, so it writes the node twice,
//! with the parameter and without it, each under its own `#[cfg]`. The compiler drops one before it
//! expands the other.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, ImplItem, ItemImpl, Signature, Token, Visibility};

/// Both nodes, if there is a `#[cfg(…)]` on a parameter.
pub(super) fn with_and_without(
    crate_path: &TokenStream,
    options: &TokenStream,
    item: &TokenStream,
) -> Option<TokenStream> {
    if !has_attribute(item.clone()) {
        return None;
    }
    let (predicate, on, off) = of_function
        .parse2(item.clone())
        .or_else(|_| syn::parse2(item.clone()).map(of_impl))
        .ok()??;
    Some(quote! {
        #[cfg(#predicate)]
        #[#crate_path::node(#options)]
        #on
        #[cfg(not(#predicate))]
        #[#crate_path::node(#options)]
        #off
    })
}

/// The predicate, and the item where it holds, and where it does not.
type Split = Option<(TokenStream, TokenStream, TokenStream)>;

/// Whether an attribute stands in parentheses, as those of parameters do.
fn has_attribute(item: TokenStream) -> bool {
    let tokens: Vec<_> = item.into_iter().collect();
    let is_impl = tokens
        .iter()
        .any(|token| matches!(token, TokenTree::Ident(word) if word == "impl"));
    tokens.iter().any(|token| match token {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Parenthesis => group.stream().into_iter().any(|token| is_hash(&token)),
            Delimiter::Brace => is_impl && has_attribute(group.stream()),
            _ => false,
        },
        _ => false,
    })
}

fn is_hash(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == '#')
}

fn of_function(input: ParseStream) -> syn::Result<Split> {
    let attrs = input.call(Attribute::parse_outer)?;
    let (vis, mut signature): (Visibility, Signature) = (input.parse()?, input.parse()?);
    let body: TokenStream = input.parse()?;
    let written = |signature: &Signature| quote!(#(#attrs)* #vis #signature #body);
    Ok(of_signature(&mut signature)
        .map(|(predicate, on, off)| (predicate, written(&on), written(&off))))
}

fn of_impl(mut item: ItemImpl) -> Split {
    let mut methods = item.items.iter().enumerate();
    let (place, mut signature) = methods.find_map(|(place, item)| match item {
        ImplItem::Fn(method) if method.sig.ident == "call" => Some((place, method.sig.clone())),
        _ => None,
    })?;
    let (predicate, on, off) = of_signature(&mut signature)?;
    let mut written = |signature| {
        if let ImplItem::Fn(method) = &mut item.items[place] {
            method.sig = signature;
        }
        item.to_token_stream()
    };
    Some((predicate, written(on), written(off)))
}

fn of_signature(signature: &mut Signature) -> Option<(TokenStream, Signature, Signature)> {
    let mut inputs = signature.inputs.iter_mut().enumerate();
    let (place, predicate) = inputs.find_map(|(place, input)| Some((place, take_cfg(input)?)))?;
    let without = signature.inputs.iter().enumerate();
    let without = without.filter(|(other, _)| *other != place);
    let inputs: Punctuated<FnArg, Token![,]> = without.map(|(_, input)| input.clone()).collect();
    let off = Signature {
        inputs,
        ..signature.clone()
    };
    Some((predicate, signature.clone(), off))
}

/// Removes a parameter's `#[cfg(P)]`, and returns `P`.
fn take_cfg(input: &mut FnArg) -> Option<TokenStream> {
    let attrs = match input {
        FnArg::Typed(typed) => &mut typed.attrs,
        FnArg::Receiver(receiver) => &mut receiver.attrs,
    };
    let place = attrs.iter().position(|attr| attr.path().is_ident("cfg"))?;
    let list = attrs[place].meta.require_list().ok()?.tokens.clone();
    attrs.remove(place);
    Some(list)
}
