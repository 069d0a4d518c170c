//! `pub struct Support(Question) -> Prompt;`

use syn::parse::{Parse, ParseStream, Result};
use syn::{Attribute, Error, Ident, Token, Type, Visibility, parenthesized};

/// A flow's name and signature.
pub(crate) struct Header {
    pub(crate) attrs: Vec<Attribute>,
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
}

impl Parse for Header {
    fn parse(input: ParseStream) -> Result<Self> {
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
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
