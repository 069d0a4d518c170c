//! Joins: `join`, `race`, `settle`, `quorum(2)`.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{Error, Ident, LitInt, parenthesized};

use crate::flow::join_kind::JoinKind;

/// A join of a group's branches, or of a map's items.
pub(crate) struct Join {
    pub(crate) kind: JoinKind,
    pub(crate) span: Span,
}

impl Join {
    /// Whether a join stands here, and not a node of that name.
    pub(super) fn peek(input: ParseStream) -> bool {
        let ahead = input.fork();
        let Ok(word) = ahead.parse::<Ident>() else {
            return false;
        };
        match word.to_string().as_str() {
            "join" | "race" | "settle" | "quorum" => !ahead.peek(syn::Token![::]),
            _ => false,
        }
    }

    pub(super) fn read(input: ParseStream) -> Result<Self, Error> {
        let word: Ident = input.parse()?;
        let kind = match word.to_string().as_str() {
            "join" => JoinKind::Join,
            "settle" => JoinKind::Settle,
            "race" => JoinKind::Race,
            _ => {
                let wrong = |_| Error::new(word.span(), "expected a number: `quorum(2)`");
                let count: LitInt = number(input).map_err(wrong)?;
                JoinKind::Quorum(count.base10_parse()?)
            }
        };
        Ok(Self {
            kind,
            span: word.span(),
        })
    }
}

/// `(2)`
fn number(input: ParseStream) -> Result<LitInt, Error> {
    let inner;
    parenthesized!(inner in input);
    inner.parse()
}
