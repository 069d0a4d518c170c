//! Where a trace parks: `await Approval`, `await Approval within "24h"`.

use std::time::Duration;

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{Error, Ident, LitStr, Token, Type};

use crate::duration;

/// An `await`: the trace waits for a value from outside.
pub(crate) struct Await {
    pub(crate) span: Span,
    pub(crate) ty: Type,
    /// How long it waits.
    pub(crate) within: Option<Duration>,
}

impl Await {
    pub(super) fn read(input: ParseStream) -> Result<Self, Error> {
        let word: Token![await] = input.parse()?;
        let ty = input.call(Type::without_plus).map_err(|error| {
            let span = if input.is_empty() {
                word.span
            } else {
                error.span()
            };
            Error::new(span, "expected what is waited for: `await Approval`")
        })?;
        let within = match is_within(input) {
            true => Some(time(input)?),
            false => None,
        };
        Ok(Self {
            span: word.span,
            ty,
            within,
        })
    }
}

fn is_within(input: ParseStream) -> bool {
    let word = input.fork().parse::<Ident>();
    word.is_ok_and(|word| word == "within")
}

/// `within "24h"`
fn time(input: ParseStream) -> Result<Duration, Error> {
    let word: Ident = input.parse()?;
    let text: LitStr = input
        .parse()
        .map_err(|_| Error::new(word.span(), "expected a time: `within \"24h\"`"))?;
    duration::parse(&text.value()).map_err(|error| Error::new(text.span(), error))
}
