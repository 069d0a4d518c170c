//! Reads the head of a node: an item's attributes and signature. The body stays tokens, so that
//! code that is being typed is still expanded.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Error, GenericParam, Ident, ImplItem, ItemImpl, Signature, Type, Visibility};

/// What the item is: a function, or a struct with a method `call`.
pub(super) enum Form {
    Function {
        attrs: Vec<Attribute>,
        vis: Visibility,
    },
    Struct {
        attrs: Vec<Attribute>,
        ty: Box<Type>,
    },
}

/// Reads the head of an item.
pub(super) fn head(item: TokenStream) -> Result<(Form, Signature), Error> {
    let is_impl = item
        .clone()
        .into_iter()
        .any(|token| token.to_string() == "impl");
    let is_fn = item
        .clone()
        .into_iter()
        .any(|token| token.to_string() == "fn");
    match (is_impl, is_fn) {
        (_, true) => function_head.parse2(item),
        (true, false) => method_head(syn::parse2(item)?),
        _ => Err(Error::new(
            item.span(),
            "`#[node]` goes on an `async fn`, or on an `impl` with an `async fn call(&self, …)`",
        )),
    }
}

fn function_head(input: ParseStream) -> Result<(Form, Signature), Error> {
    let attrs = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    let signature = input.parse()?;
    input.parse::<TokenStream>()?;
    Ok((Form::Function { attrs, vis }, signature))
}

fn method_head(item: ItemImpl) -> Result<(Form, Signature), Error> {
    if item.trait_.is_some() {
        let message = "`#[node]` goes on a plain `impl`, without a trait: `impl … { async fn call(&self, …) }`";
        return Err(Error::new(item.impl_token.span, message));
    }
    if let Some(first) = item.generics.params.first() {
        return Err(generic_impl(first, &item.self_ty));
    }
    let call = item.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) if method.sig.ident == "call" => Some(method.sig.clone()),
        _ => None,
    });
    let form = Form::Struct {
        attrs: item.attrs,
        ty: item.self_ty,
    };
    let message = "a node's `impl` has a method `async fn call(&self, message: …)`";
    Ok((
        form,
        call.ok_or_else(|| Error::new(item.impl_token.span, message))?,
    ))
}

/// The error for an `impl` of a generic struct.
fn generic_impl(first: &GenericParam, ty: &Type) -> Error {
    let name = match bare(ty) {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    };
    let message = format!(
        "a node is not generic, since a flow has to know its types: put `#[node]` on an `impl` for \
         each type, `impl {}<u32> {{ async fn call(&self, …) }}`",
        name.unwrap_or_else(|| "Node".to_owned())
    );
    Error::new_spanned(first, message)
}

/// A type without brackets around it: a fragment of a `macro_rules` has invisible ones.
pub(super) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        ty => ty,
    }
}

/// The name in a type, such as `Search` in `my::Search`.
pub(super) fn last_name(ty: &Type) -> Option<&Ident> {
    match bare(ty) {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}
