//! The head of a node: what stands before its body. The body stays tokens, so that code
//! that is being typed is still expanded.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, Error, FnArg, Ident, ImplItem, ItemImpl, ReturnType, Signature, Token, Type,
    TypeReference, Visibility,
};

use super::rules;
use crate::editors;

/// A function, or a struct with a method `call`.
pub(super) struct Node {
    /// All that the user wrote.
    pub(super) item: TokenStream,
    pub(super) form: Form,
    pub(super) signature: Signature,
    /// The message.
    pub(super) message: Param,
    /// The further parameters.
    pub(super) extracted: Vec<Param>,
}

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

/// A parameter's type, without its `&`.
pub(super) struct Param {
    pub(super) ty: Type,
    pub(super) by_reference: bool,
}

impl Node {
    /// The type that it returns.
    pub(super) fn returns(&self) -> Type {
        match &self.signature.output {
            ReturnType::Type(_, ty) => (**ty).clone(),
            ReturnType::Default => syn::parse_quote!(()),
        }
    }
}

/// Reads a node; `None` if there is nothing to expand.
pub(super) fn read(item: TokenStream, errors: &mut Vec<Error>) -> Option<Node> {
    let (form, signature) = match head(item.clone()) {
        Ok(head) => head,
        Err(error) => {
            errors.push(error);
            return None;
        }
    };
    let before = errors.len();
    rules::check(&form, &signature, errors);
    let mut params = params(&signature, errors);
    if params.is_empty() && errors.len() == before {
        let message = "a node takes its message as its first parameter: a payload or a `Message`";
        errors.push(Error::new(signature.paren_token.span.join(), message));
    }
    if errors.len() > before {
        return None;
    }
    let message = params.remove(0);
    Some(Node {
        item,
        form,
        signature,
        message,
        extracted: params,
    })
}

fn head(item: TokenStream) -> Result<(Form, Signature), Error> {
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
        return Err(rules::generic_impl(first, &item.self_ty));
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

fn params(signature: &Signature, errors: &mut Vec<Error>) -> Vec<Param> {
    let inputs: &Punctuated<FnArg, Token![,]> = &signature.inputs;
    let typed = inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(bare(&typed.ty)),
        FnArg::Receiver(_) => None,
    });
    typed.map(|ty| param(ty, errors)).collect()
}

fn param(ty: &Type, errors: &mut Vec<Error>) -> Param {
    let Type::Reference(reference) = ty else {
        return Param {
            ty: ty.clone(),
            by_reference: false,
        };
    };
    if reference.mutability.is_some() {
        let message = "a node takes its parameters by value or by `&`, not by `&mut`";
        errors.push(Error::new_spanned(ty, message));
    }
    if is_static(reference) {
        return Param {
            ty: ty.clone(),
            by_reference: false,
        };
    }
    Param {
        ty: owned(&reference.elem),
        by_reference: true,
    }
}

/// Whether a reference is itself a payload: `&'static str`.
fn is_static(reference: &TypeReference) -> bool {
    reference
        .lifetime
        .as_ref()
        .is_some_and(|lifetime| lifetime.ident == "static")
}

/// The type whose reference can be passed where this one's is wanted.
fn owned(ty: &Type) -> Type {
    match bare(ty) {
        Type::Slice(slice) => {
            let (elem, path) = (&slice.elem, of_std(["vec", "Vec"], ty.span()));
            syn::parse_quote_spanned!(ty.span()=> #path<#elem>)
        }
        Type::Path(path) if path.path.is_ident("str") => {
            let path = of_std(["string", "String"], ty.span());
            syn::parse_quote!(#path)
        }
        _ => ty.clone(),
    }
}

/// A type of the standard library where the user wrote another one.
fn of_std([module, name]: [&str; 2], span: Span) -> TokenStream {
    let word = |word| Ident::new(word, editors::before(span));
    let (std, module, name) = (word("std"), word(module), word(name));
    quote_spanned!(span=> ::#std::#module::#name)
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
