//! A statement: `let web: Search = …;`, or a chain.

use syn::parse::{Parse, ParseStream, Result};
use syn::{Error, Expr, Ident, Token, Type};

use super::{Chain, skip_statement};

/// One statement, up to its `;`.
pub(crate) enum Statement {
    Let(Binding),
    Chain(Chain),
}

/// A node with fields, by a name of its own.
pub(crate) struct Binding {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) value: Expr,
}

impl Statement {
    /// Reads what can be read of a statement, and goes on behind it.
    pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Option<Self> {
        let statement = if input.peek(Token![let]) {
            input.parse().map(Self::Let)
        } else {
            Ok(Self::Chain(Chain::read(input, errors)))
        };
        match statement.and_then(|statement| end(input).map(|()| statement)) {
            Ok(statement) => Some(statement),
            Err(error) => {
                errors.push(error);
                skip_statement(input);
                None
            }
        }
    }
}

/// `;`, which the last statement may leave out.
fn end(input: ParseStream) -> Result<()> {
    if !input.is_empty() && input.parse::<Token![;]>().is_err() {
        return Err(input.error("expected `->` and a node, or `;`"));
    }
    Ok(())
}

impl Parse for Binding {
    fn parse(input: ParseStream) -> Result<Self> {
        input.parse::<Token![let]>()?;
        let name: Ident = input.parse()?;
        if !input.peek(Token![:]) {
            let form = format!("a node's value needs its type: `let {name}: Type = …;`");
            return Err(Error::new(name.span(), form));
        }
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(Self {
            name,
            ty,
            value: input.parse()?,
        })
    }
}
