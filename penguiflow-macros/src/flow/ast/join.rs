//! Joins: `join`, `race`, `settle`, `quorum(2)`.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{Error, Ident, LitInt, parenthesized};

/// What meets a group's branches.
pub(crate) struct Join {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

/// How many branches a join waits for, and what it makes of them.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// All: a tuple.
    Join,
    /// All, failed ones too: a tuple of results.
    Settle,
    /// The first that succeeds.
    Race,
    /// The first so many that succeed: a `Vec`.
    Quorum(usize),
    /// None is written behind a map: each of its items goes on by itself.
    Each,
}

impl Kind {
    /// Whether it goes on without branches that fail.
    pub(crate) fn bears(self) -> bool {
        matches!(self, Self::Race | Self::Quorum(_) | Self::Settle)
    }

    /// What it is called.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Settle => "settle",
            Self::Race => "race",
            Self::Quorum(_) => "quorum",
            Self::Each => "each",
        }
    }
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
            "join" => Kind::Join,
            "settle" => Kind::Settle,
            "race" => Kind::Race,
            _ => {
                let wrong = |_| Error::new(word.span(), "expected a number: `quorum(2)`");
                let count: LitInt = number(input).map_err(wrong)?;
                Kind::Quorum(count.base10_parse()?)
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
