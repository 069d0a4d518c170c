//! The path to the runtime crate: `::penguiflow`, unless it was renamed and an option says so.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Error, Path};

pub(crate) fn crate_path(given: Option<&Path>) -> TokenStream {
    given.map_or_else(|| quote!(::penguiflow), ToTokens::to_token_stream)
}

/// The path that a derive's own attribute on the type gives: `#[from_ref(crate = path)]`.
pub(crate) fn of_derive(name: &str, attrs: &[Attribute]) -> Result<TokenStream, Error> {
    let mut given: Option<Path> = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
        attr.parse_nested_meta(|meta| {
            if !meta.path.is_ident("crate") {
                return Err(meta.error(format!("here, `{name}` has one option: `crate = path`")));
            }
            given = Some(meta.value()?.parse()?);
            Ok(())
        })?;
    }
    Ok(crate_path(given.as_ref()))
}

/// The path with the span of a token of the user's, where the compiler then reports errors.
pub(crate) fn path_at(crate_path: &TokenStream, at: Span) -> TokenStream {
    let moved = |(place, mut token): (usize, TokenTree)| {
        match token {
            TokenTree::Punct(_) => token.set_span(at),
            // A given path may begin with a name, which keeps its meaning.
            _ if place == 0 => token.set_span(token.span().located_at(at)),
            _ => {}
        }
        token
    };
    crate_path
        .clone()
        .into_iter()
        .enumerate()
        .map(moved)
        .collect()
}
