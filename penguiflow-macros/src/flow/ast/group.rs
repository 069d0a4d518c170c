//! A group: `[b -> e, c]`.

use syn::parse::ParseStream;
use syn::{Error, Token, bracketed, token};

use super::Chain;

/// Several chains that all begin with what comes before the group.
pub(crate) struct Group {
    pub(crate) branches: Vec<Chain>,
}

impl Group {
    pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Result<Self, Error> {
        let inner;
        let bracket: token::Bracket = bracketed!(inner in input);
        if inner.is_empty() {
            let message = "a group has at least one branch: `[a, b -> c]`";
            return Err(Error::new(bracket.span.join(), message));
        }
        let mut branches = Vec::new();
        while !inner.is_empty() {
            branches.push(Chain::read(&inner, errors));
            if !inner.is_empty() && inner.parse::<Token![,]>().is_err() {
                return Err(inner.error("expected `->` and a node, `,` or `]`"));
            }
        }
        Ok(Self { branches })
    }
}
