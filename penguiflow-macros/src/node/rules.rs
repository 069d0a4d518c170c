//! What must be true of a node's signature, as far as it can be read: one function per rule.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Error, FnArg, GenericParam, ReturnType, Signature, Type, TypeParamBound};

use super::head::{Form, bare};
use crate::token_text::token_text;

pub(super) fn check(form: &Form, signature: &Signature, errors: &mut Vec<Error>) {
    what_it_takes_has_a_name(signature, errors);
    what_it_returns_has_a_name(signature, errors);
    it_returns_no_borrow(signature, errors);
    it_is_not_generic(signature, errors);
    it_is_called_by_many(form, signature, errors);
}

fn what_it_takes_has_a_name(signature: &Signature, errors: &mut Vec<Error>) {
    for input in &signature.inputs {
        if let FnArg::Typed(typed) = input
            && let Type::ImplTrait(_) = bare(&typed.ty)
        {
            let message = "a node's types have names, since a flow has to know them: write the \
                           type itself here, such as `String`";
            errors.push(Error::new_spanned(&typed.ty, message));
        }
    }
}

fn what_it_returns_has_a_name(signature: &Signature, errors: &mut Vec<Error>) {
    let ReturnType::Type(_, ty) = &signature.output else {
        return;
    };
    let Type::ImplTrait(unnamed) = bare(ty) else {
        return;
    };
    let output = unnamed.bounds.iter().find_map(future_output);
    let message = match output {
        Some(output) if signature.asyncness.is_none() => format!(
            "a node is an `async fn`: write `async fn {}(…) -> {output}`",
            signature.ident
        ),
        _ => {
            "a node's types have names, since a flow has to know them: return a type with a name, \
              such as a `Vec`"
                .to_owned()
        }
    };
    errors.push(Error::new_spanned(ty, message));
}

/// `String` of `Future<Output = String>`
fn future_output(bound: &TypeParamBound) -> Option<String> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound.path.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::AssocType(output) if output.ident == "Output" => {
            Some(token_text(output.ty.to_token_stream()))
        }
        _ => None,
    })
}

/// An elided lifetime is that of a borrowed parameter, and the output outlives the parameters.
fn it_returns_no_borrow(signature: &Signature, errors: &mut Vec<Error>) {
    let ReturnType::Type(_, ty) = &signature.output else {
        return;
    };
    let Some(span) = elided(ty.to_token_stream()) else {
        return;
    };
    let owned = match bare(ty) {
        Type::Reference(reference) => match bare(&reference.elem) {
            Type::Path(path) if path.path.is_ident("str") => "`String`".to_owned(),
            Type::Slice(slice) => format!("`Vec<{}>`", token_text(slice.elem.to_token_stream())),
            ty => format!("`{0}`, or an `Arc<{0}>`", token_text(ty.to_token_stream())),
        },
        _ => "a type that owns what is in it, such as `String` for `&str`".to_owned(),
    };
    let message = format!("a node's output cannot borrow from its parameters: return {owned}");
    errors.push(match bare(ty) {
        Type::Reference(_) => Error::new_spanned(ty, message),
        _ => Error::new(span, message),
    });
}

/// The first elided lifetime, outside of function types.
pub(super) fn elided(tokens: TokenStream) -> Option<Span> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is = |at: usize, mark: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == mark);
    let word = |at: usize| match tokens.get(at) {
        Some(TokenTree::Ident(ident)) => ident.to_string(),
        _ => String::new(),
    };
    (0..tokens.len()).find_map(|at| match &tokens[at] {
        TokenTree::Punct(punct) if punct.as_char() == '&' && !is(at + 1, '\'') => {
            Some(punct.span())
        }
        TokenTree::Ident(ident) if at > 0 && ident == "_" && is(at - 1, '\'') => Some(ident.span()),
        TokenTree::Group(group) => {
            let before = at.checked_sub(1).map(word).unwrap_or_default();
            let is_function = group.delimiter() == Delimiter::Parenthesis
                && ["fn", "Fn", "FnMut", "FnOnce"].contains(&before.as_str());
            (!is_function).then(|| elided(group.stream())).flatten()
        }
        _ => None,
    })
}

fn it_is_not_generic(signature: &Signature, errors: &mut Vec<Error>) {
    let Some(first) = signature.generics.params.first() else {
        return;
    };
    let name = &signature.ident;
    let message = match first {
        GenericParam::Lifetime(_) => {
            "a node has no lifetimes of its own: leave this one out, and let it return what it owns"
                .to_owned()
        }
        _ => format!(
            "a node is not generic, since a flow has to know its types: remove `#[node]` here, and call this from a node for each type, \
             `#[node] async fn {name}_text(text: String) -> … {{ {name}(text).await }}`"
        ),
    };
    errors.push(Error::new_spanned(first, message));
}

fn it_is_called_by_many(form: &Form, signature: &Signature, errors: &mut Vec<Error>) {
    match (form, signature.receiver()) {
        (Form::Function { .. }, Some(receiver)) => errors.push(Error::new_spanned(
            receiver,
            "a node with fields is an `impl`: put `#[node]` on `impl … { async fn call(&self, …) }`",
        )),
        (Form::Struct { .. }, None) => errors.push(Error::new(
            signature.paren_token.span.open(),
            "a node's `call` takes `&self` first",
        )),
        (Form::Struct { .. }, Some(receiver)) if !is_shared(receiver) => {
            errors.push(Error::new_spanned(
                receiver,
                "a node is visited by many traces at once, so its `call` takes `&self`",
            ));
        }
        _ => {}
    }
}

fn is_shared(receiver: &syn::Receiver) -> bool {
    matches!(
        receiver.to_token_stream().to_string().as_str(),
        "& self" | "&self"
    )
}
