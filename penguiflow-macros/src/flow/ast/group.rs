//! Brackets: a group, `[b -> e, c]`, or a map, `[b -> e; 8]`.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Error, Expr, Ident, Token, bracketed, token};

use super::{Chain, Stage};

/// Several chains that all follow the stage before the group.
pub(crate) struct Group {
    pub(crate) branches: Vec<Chain>,
}

impl Group {
    /// Whether one of its branches is `_`.
    pub(crate) fn hands_on(&self) -> bool {
        self.branches
            .iter()
            .any(|branch| branch.hands_on().is_some())
    }
}

/// A chain that runs on each item of the output before it, up to a limit at once.
pub(crate) struct Map {
    pub(crate) chain: Chain,
    pub(crate) limit: Expr,
    /// The most items that it takes, if it has a bound.
    pub(crate) max: Option<Expr>,
    pub(crate) bracket: token::Bracket,
}

impl Map {
    /// The whole of it, for errors.
    pub(crate) fn span(&self) -> Span {
        self.bracket.span.join()
    }
}

/// Reads a group, or a map if there is a `;` in it.
pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Result<Stage, Error> {
    let inner;
    let bracket: token::Bracket = bracketed!(inner in input);
    if inner.is_empty() {
        let message = "a group has at least one branch: `[a, b -> c]`";
        return Err(Error::new(bracket.span.join(), message));
    }
    let mut branches = Vec::new();
    if inner.peek(Token![;]) {
        return limited(&inner, branches, bracket).map(Stage::Map);
    }
    while !inner.is_empty() {
        branches.push(Chain::read(&inner, errors));
        if inner.peek(Token![;]) {
            return limited(&inner, branches, bracket).map(Stage::Map);
        }
        if !inner.is_empty() && inner.parse::<Token![,]>().is_err() {
            return Err(inner.error("expected `->` and a node, or `,`: `[a, b -> c]`"));
        }
    }
    Ok(Stage::Group(Group { branches }))
}

/// `; 8` or `; 8, max = 100`, after the chain of a map.
fn limited(
    input: ParseStream,
    mut branches: Vec<Chain>,
    bracket: token::Bracket,
) -> Result<Map, Error> {
    let form = "a map has one chain, and a limit of items that run at once: `[b -> c; 8]`";
    let wrong = |_| Error::new(bracket.span.join(), form);
    input.parse::<Token![;]>()?;
    let limit = input.parse().map_err(wrong)?;
    if let Expr::Assign(_) = limit {
        let message = "the limit of items that run at once comes first: `[b; 8, max = 100]`";
        return Err(Error::new_spanned(limit, message));
    }
    let max = max(input)?;
    match branches.pop() {
        Some(chain) if branches.is_empty() && input.is_empty() => Ok(Map {
            chain,
            limit,
            max,
            bracket,
        }),
        _ => Err(Error::new(bracket.span.join(), form)),
    }
}

/// `, max = 100`
fn max(input: ParseStream) -> Result<Option<Expr>, Error> {
    let ahead = input.fork();
    let is_max = ahead.parse::<Token![,]>().is_ok()
        && ahead.parse::<Ident>().is_ok_and(|word| word == "max")
        && ahead.parse::<Token![=]>().is_ok();
    if !is_max {
        return Ok(None);
    }
    input.advance_to(&ahead);
    let wrong = |error: Error| Error::new(error.span(), "expected a number: `[b; 8, max = 100]`");
    input.parse().map(Some).map_err(wrong)
}
