//! Fallbacks: `gpt else claude else local`.

use syn::parse::ParseStream;
use syn::{Error, Token, token};

use super::Stage;
use super::chain::name;
use super::parens::Parens;

/// A row of nodes: each takes the input of the one before it if that fails for good.
pub(crate) struct Fallback {
    /// A node, a part, or an `await`.
    pub(crate) first: Box<Stage>,
    /// Nodes and parts.
    pub(crate) others: Vec<Stage>,
}

impl Fallback {
    /// Reads the `else`s after a stage.
    pub(super) fn read_on(
        input: ParseStream,
        first: Stage,
        errors: &mut Vec<Error>,
    ) -> Result<Stage, Error> {
        if !input.peek(Token![else]) {
            return Ok(first);
        }
        if !matches!(first, Stage::Node(_) | Stage::Parens(_) | Stage::Await(_)) {
            return Err(input.error("`else` follows a node: `a else b`"));
        }
        let mut others = Vec::new();
        while let Ok(word) = input.parse::<Token![else]>() {
            if input.peek(token::Paren) {
                others.push(Stage::Parens(Parens::read(input, errors)?));
                continue;
            }
            let other = name(input).map_err(|error| {
                let span = if input.is_empty() {
                    word.span
                } else {
                    error.span()
                };
                Error::new(span, "expected the node to fall back to: `a else b`")
            })?;
            others.push(Stage::Node(other));
        }
        let first = Box::new(first);
        Ok(Stage::Else(Self { first, others }))
    }
}
