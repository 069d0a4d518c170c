//! `pub struct Support(Question) -> Prompt;`

use syn::parse::{Parse, ParseStream, Result};
use syn::{Attribute, Error, Ident, Token, Type, Visibility, parenthesized};

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
    /// Whether a header stands here, be it a broken one.
    pub(super) fn peek(input: ParseStream) -> bool {
        let ahead = input.fork();
        let attrs = ahead.call(Attribute::parse_outer);
        let before = attrs.is_ok() && ahead.parse::<Visibility>().is_ok();
        let is_named = before && ahead.peek(Token![struct]);
        is_named || (input.peek(Token![#]) && !is_before_statements(input))
    }

    pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Result<Self> {
        let mut header: Self = input.parse()?;
        let ours: Vec<_> = header.attrs.extract_if(.., |attr| is_ours(attr)).collect();
        header.options = options_in(&ours, OF_FLOW, errors);
        Ok(header)
    }
}

/// Reads what is said of a flow in an expression: `#[flow(crate = path)]` before its statements.
pub(super) fn without_name(input: ParseStream, errors: &mut Vec<Error>) -> Options {
    let attrs = input.call(Attribute::parse_outer);
    attrs.map_or_else(
        |_| Options::default(),
        |attrs| options_in(&attrs, OF_EXPRESSION, errors),
    )
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

impl Parse for Header {
    fn parse(input: ParseStream) -> Result<Self> {
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
            options: Options::default(),
            vis: input.parse()?,
            struct_token: input.parse()?,
            name: input.parse()?,
            input: taken(input).map_err(form)?,
            output: yielded(input).map_err(form)?,
        })
    }
}

/// `(Question)`
fn taken(input: ParseStream) -> Result<Type> {
    let inner;
    parenthesized!(inner in input);
    let ty = inner.parse()?;
    inner.parse::<Option<Token![,]>>()?;
    inner
        .is_empty()
        .then_some(ty)
        .ok_or_else(|| inner.error("one type"))
}

/// `-> Prompt;`
fn yielded(input: ParseStream) -> Result<Type> {
    input.parse::<Token![->]>()?;
    let ty = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok(ty)
}

fn form(error: Error) -> Error {
    let form = "a flow's header reads `struct Name(Input) -> Output;`";
    Error::new(error.span(), form)
}
