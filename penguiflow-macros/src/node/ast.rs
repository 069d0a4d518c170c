//! Reads a node: its head, and its parameters by meaning.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, FnArg, Ident, ReturnType, Signature, Token, Type, TypeReference};

use super::head::{Form, bare, head};
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

/// The owned type to which a reference of this type can be made.
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

/// A type of the standard library, with the span of the type that the user wrote.
fn of_std([module, name]: [&str; 2], span: Span) -> TokenStream {
    let word = |word| Ident::new(word, editors::before(span));
    let (std, module, name) = (word("std"), word(module), word(name));
    quote_spanned!(span=> ::#std::#module::#name)
}
