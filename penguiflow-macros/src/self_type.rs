//! A type that was written where `Self` has a meaning, for code where it has another one.

use proc_macro2::{Group, TokenStream, TokenTree};

/// The same type, with `ty` in the place of each `Self`.
pub(crate) fn without_self(tokens: TokenStream, ty: &TokenStream) -> TokenStream {
    let replace = |token: TokenTree| match token {
        TokenTree::Ident(ident) if ident == "Self" => ty.clone(),
        TokenTree::Group(group) => {
            let inner = without_self(group.stream(), ty);
            let mut written = Group::new(group.delimiter(), inner);
            written.set_span(group.span());
            TokenTree::Group(written).into()
        }
        token => token.into(),
    };
    tokens.into_iter().flat_map(replace).collect()
}
