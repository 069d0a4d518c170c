//! Spans that make the compiler report an error about generated code at the user's own words.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

use crate::crate_path::path_at;

/// The first and last token of what the user wrote.
pub(crate) fn of(written: &impl ToTokens) -> (Span, Span) {
    let tokens: Vec<_> = written.to_token_stream().into_iter().collect();
    let span = |token: Option<&TokenTree>| token.map_or_else(Span::call_site, TokenTree::span);
    (span(tokens.first()), span(tokens.last()))
}

/// One of the runtime's types or traits, with these arguments. Its first and last tokens have the
/// user's spans, so that errors about it are shown there.
pub(crate) fn spanned(
    crate_path: &TokenStream,
    name: &str,
    args: &impl ToTokens,
    (first, last): (Span, Span),
) -> TokenStream {
    let (crate_path, name) = (
        path_at(crate_path, first),
        Ident::new(name, Span::call_site()),
    );
    let close = quote_spanned!(last=> >);
    quote_spanned!(Span::mixed_site()=> #crate_path::__private::#name<#args #close)
}

/// The span of the macro call, resolved as if the user had written the code there. Without that,
/// the compiler would add a note that the error comes from a macro.
pub(crate) fn site(written: Span) -> Span {
    Span::call_site().resolved_at(written)
}
