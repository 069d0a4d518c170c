//! Reads one option: its key, and the tokens of its value.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, Token};

/// `key` or `key = value`.
pub(super) struct Entry {
    pub(super) key: Ident,
    pub(super) value: Option<TokenStream>,
}

impl Entry {
    pub(super) fn read(input: ParseStream) -> Result<Self, Error> {
        let key = input.call(Ident::parse_any);
        let form =
            |error: Error| Error::new(error.span(), "expected an option: `timeout = \"2s\"`");
        let key = key.map_err(form)?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(until_comma(input)?),
            None => None,
        };
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error("expected `,`"));
        }
        Ok(Self { key, value })
    }
}

pub(super) fn until_comma(input: ParseStream) -> Result<TokenStream, Error> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}
