//! A statement: `let web: Search = …;`, or a chain.

use syn::parse::{ParseStream, Result};
use syn::{Error, Expr, Ident, Token, Type, token};

use super::{Chain, skip_statement};

/// One statement, up to its `;`.
pub(crate) enum Statement {
    Let(Binding),
    Chain(Chain),
}

/// A node with fields, by a name of its own.
pub(crate) struct Binding {
    pub(crate) name: Ident,
    /// Its place among the `let`s of the flow.
    pub(crate) place: usize,
    /// Its type and value; `None` if they could not be read.
    pub(crate) value: Option<Box<(Type, Expr)>>,
}

impl Statement {
    /// Reads what can be read of a statement, and skips the rest of it.
    pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Option<Self> {
        let before = errors.len();
        let statement = if input.peek(Token![let]) {
            Binding::read(input, errors).map(Self::Let)
        } else {
            Some(Self::Chain(Chain::read(input, errors)))
        };
        if !input.is_empty() && input.parse::<Token![;]>().is_err() {
            if errors.len() == before {
                errors.push(input.error(expected(input)));
            }
            skip_statement(input);
        }
        statement
    }
}

/// The error for tokens after a statement, where it should continue or end.
fn expected(input: ParseStream) -> &'static str {
    if input.peek(Token![=>]) {
        "an edge is written with `->`: `a -> b`; `=>` is for the arms of a `match`"
    } else if input.peek(Token![,]) {
        "a statement ends with `;`: `a -> b;`; `,` is for the branches of a group, `[a, b]`"
    } else if input.peek(token::Paren) {
        "a node is named here, not called: `a -> b`"
    } else {
        "expected `->` and a node, or `;`: `a -> b;`"
    }
}

impl Binding {
    fn read(input: ParseStream, errors: &mut Vec<Error>) -> Option<Self> {
        let name = input
            .parse::<Token![let]>()
            .and_then(|_| input.parse::<Ident>());
        let form = "a node's value has a name: `let name: Type = …;`";
        let wrong = |error: Error| errors.push(Error::new(error.span(), form));
        let name = name.map_err(wrong).ok()?;
        let value = typed_value(input, &name);
        let value = value.map_err(|error| errors.push(error)).ok().map(Box::new);
        let place = 0;
        Some(Self { name, place, value })
    }
}

/// `: Search = Search::new(client)`
fn typed_value(input: ParseStream, name: &Ident) -> Result<(Type, Expr)> {
    if !input.peek(Token![:]) {
        let form = format!("a node's value needs its type: `let {name}: Type = …;`");
        return Err(Error::new(name.span(), form));
    }
    input.parse::<Token![:]>()?;
    let ty = input.parse()?;
    if !input.peek(Token![=]) {
        let form = format!("a node's value is made where it is named: `let {name}: Type = …;`");
        return Err(Error::new(name.span(), form));
    }
    input.parse::<Token![=]>()?;
    Ok((ty, input.parse()?))
}
