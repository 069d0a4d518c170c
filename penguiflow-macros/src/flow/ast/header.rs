//! `pub struct Support(Question) -> Prompt;`

use syn::parse::{Parse, ParseStream, Result};
use syn::{Attribute, Error, Ident, Token, Type, Visibility, parenthesized};

use crate::options::{self, OF_FLOW, Options};

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
        let before = Attribute::parse_outer(&ahead).is_ok() && ahead.parse::<Visibility>().is_ok();
        input.peek(Token![#]) || (before && ahead.peek(Token![struct]))
    }

    pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Result<Self> {
        let mut header: Self = input.parse()?;
        let is_ours = |attr: &mut Attribute| attr.path().is_ident("flow");
        let ours: Vec<_> = header.attrs.extract_if(.., is_ours).collect();
        if let Some(again) = ours.get(1) {
            errors.push(Error::new_spanned(again, "`#[flow(…)]` is given twice"));
        }
        if let Some(attr) = ours.first() {
            match attr.meta.require_list() {
                Ok(list) => header.options = options::read(list.tokens.clone(), OF_FLOW, errors),
                Err(error) => errors.push(error),
            }
        }
        Ok(header)
    }
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
