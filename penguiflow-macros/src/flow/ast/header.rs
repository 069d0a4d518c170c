//! `pub struct Support(Question) -> Prompt;`

use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Result};
use syn::{Attribute, Error, Ident, Token, Type, Visibility, parenthesized};

use super::skip_statement;
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

    /// Reads what can be read of a header. What is not there is a hole.
    pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let options = options(&mut attrs, errors);
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

/// Takes `#[flow(…)]` out of the attributes.
fn options(attrs: &mut Vec<Attribute>, errors: &mut Vec<Error>) -> Options {
    let is_ours = |attr: &mut Attribute| attr.path().is_ident("flow");
    let ours: Vec<_> = attrs.extract_if(.., is_ours).collect();
    if let Some(again) = ours.get(1) {
        errors.push(Error::new_spanned(again, "`#[flow(…)]` is given twice"));
    }
    match ours.first().map(|attr| attr.meta.require_list()) {
        Some(Ok(list)) => options::read(list.tokens.clone(), OF_FLOW, errors),
        Some(Err(error)) => {
            errors.push(error);
            Options::default()
        }
        None => Options::default(),
    }
}

/// Where a type is missing.
fn hole() -> Type {
    Type::Verbatim(TokenStream::new())
}
