//! `pub struct Support(Question) -> Prompt;`

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Result};
use syn::{Attribute, Error, Ident, Token, Type, Visibility, parenthesized};

use super::skip_statement;
use crate::options::{self, OF_EXPRESSION, OF_FLOW, Options};

/// A flow's name and signature, and its policy where it is a node.
pub(crate) struct Header {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) options: Options,
    pub(crate) vis: Visibility,
    pub(crate) struct_token: Token![struct],
    pub(crate) name: Ident,
    pub(crate) input: Type,
    pub(crate) output: Type,
}

impl Header {
    /// Whether a header begins here, even a broken one.
    pub(super) fn peek(input: ParseStream) -> bool {
        let ahead = input.fork();
        let attrs = ahead.call(Attribute::parse_outer);
        let before = attrs.is_ok() && ahead.parse::<Visibility>().is_ok();
        let is_named = before && ahead.peek(Token![struct]);
        is_named || (input.peek(Token![#]) && !is_before_statements(input))
    }

    /// Reads what can be read of a header. A missing type is a hole.
    pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let ours: Vec<_> = attrs.extract_if(.., |attr| is_ours(attr)).collect();
        let options = options_in(&ours, OF_FLOW, errors);
        let mut header = Self {
            attrs,
            options,
            vis: input.parse()?,
            struct_token: input.parse()?,
            name: Ident::new("__Flow", Span::call_site()),
            input: hole(),
            output: hole(),
        };
        if let Err(error) = header.signature(input) {
            let form = "a flow's header reads `struct Name(Input) -> Output;`";
            errors.push(Error::new(error.span(), form));
            skip_statement(input);
        }
        Ok(header)
    }

    /// `Support(Question) -> Prompt;`
    fn signature(&mut self, input: ParseStream) -> Result<()> {
        self.name = input.parse()?;
        let inner;
        parenthesized!(inner in input);
        let ty = inner.parse()?;
        inner.parse::<Option<Token![,]>>()?;
        if !inner.is_empty() {
            return Err(inner.error("one type"));
        }
        self.input = ty;
        input.parse::<Token![->]>()?;
        self.output = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok(())
    }
}

/// Reads the options of a flow in an expression: `#[flow(crate = path)]` before its statements.
pub(super) fn without_name(input: ParseStream, errors: &mut Vec<Error>) -> Options {
    let attrs = input.call(Attribute::parse_outer);
    attrs.map_or_else(
        |_| Options::default(),
        |attrs| options_in(&attrs, OF_EXPRESSION, errors),
    )
}

/// The header of a flow with a name, without what follows it.
pub(super) fn alone(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is_end =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
    let end = tokens.iter().position(is_end).map_or(0, |end| end + 1);
    let is_named = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "struct");
    match tokens[..end].iter().any(is_named) {
        true => tokens[..end].iter().cloned().collect(),
        false => TokenStream::new(),
    }
}

fn is_before_statements(input: ParseStream) -> bool {
    let ahead = input.fork();
    let attrs = ahead.call(Attribute::parse_outer);
    let all_ours = attrs.is_ok_and(|attrs| attrs.iter().all(is_ours));
    all_ours && !ahead.is_empty() && !ahead.peek(Token![pub])
}

fn is_ours(attr: &Attribute) -> bool {
    attr.path().is_ident("flow")
}

fn options_in(ours: &[Attribute], keys: &[&str], errors: &mut Vec<Error>) -> Options {
    if let Some(again) = ours.get(1) {
        errors.push(Error::new_spanned(again, "`#[flow(…)]` is given twice"));
    }
    match ours.first().map(|attr| attr.meta.require_list()) {
        Some(Ok(list)) => return options::read(list.tokens.clone(), keys, errors),
        Some(Err(error)) => errors.push(error),
        None => {}
    }
    Options::default()
}

/// A type that is missing.
fn hole() -> Type {
    Type::Verbatim(TokenStream::new())
}
