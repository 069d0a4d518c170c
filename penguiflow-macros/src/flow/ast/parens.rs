//! A part in parentheses: `(think -> act -> think)`.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, Token, parenthesized, token};

use super::{Chain, Stage};

/// A chain that is a flow of its own and stands as a node.
pub(crate) struct Parens {
    pub(crate) paren: token::Paren,
    /// What it is called: the node that it begins with, in parentheses.
    pub(crate) label: String,
    /// Empty once the chain is a flow of its own.
    pub(crate) chain: Chain,
    /// Its number among the parts of the flow, those inside of others included.
    pub(crate) number: usize,
}

/// What a part is called, once it is a flow of its own.
pub(crate) struct Head {
    /// The type of the flow with a name that it is in.
    pub(crate) within: Option<Ident>,
    pub(crate) number: usize,
    pub(crate) label: String,
    /// The whole of it, for errors.
    pub(crate) span: Span,
}

impl Parens {
    pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Result<Self, Error> {
        let inner;
        let paren: token::Paren = parenthesized!(inner in input);
        if inner.is_empty() {
            let message = "a part in parentheses has at least one node: `a -> (b -> c) -> d`";
            return Err(Error::new(paren.span.join(), message));
        }
        let before = errors.len();
        let chain = Chain::read(&inner, errors);
        if !inner.is_empty() && errors.len() == before {
            return Err(inner.error(expected(&inner)));
        }
        let first = chain.stages.iter().find_map(first_of);
        Ok(Self {
            paren,
            label: format!("({})", first.unwrap_or_default()),
            chain,
            number: 0,
        })
    }
}

/// The error for tokens after the chain in parentheses.
fn expected(input: ParseStream) -> &'static str {
    if input.peek(Token![,]) {
        "a part in parentheses is one chain; a group is written in brackets: `a -> [b, c]`"
    } else if input.peek(Token![;]) {
        "a part in parentheses is one chain, `(b -> c)`: make several statements a flow with a \
         name, `struct Name(Input) -> Output;`"
    } else {
        "expected `->` and a node, or `)`: `a -> (b -> c) -> d`"
    }
}

/// What a stage's first node is called.
fn first_of(stage: &Stage) -> Option<String> {
    match stage {
        Stage::Node(path) => {
            let last = path.segments.last()?;
            Some(last.ident.unraw().to_string())
        }
        Stage::Parens(parens) => Some(parens.label.clone()),
        Stage::Else(fallback) => first_of(&fallback.first),
        stage => stage
            .chains()
            .flat_map(|chain| &chain.stages)
            .find_map(first_of),
    }
}
