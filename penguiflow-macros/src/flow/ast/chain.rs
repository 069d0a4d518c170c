//! A chain: stages, with arrows between them.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Error, Ident, Path, Token, token};

use super::fallback::Fallback;
use super::group::{self, Group, Map};
use super::join::Join;
use super::parens::Parens;
use super::route::Match;
use super::wait::Await;

/// `a -> b -> c`
#[derive(Default)]
pub(crate) struct Chain {
    pub(crate) stages: Vec<Stage>,
}

/// What may stand between two arrows.
pub(crate) enum Stage {
    /// A node, by its name or path.
    Node(Path),
    /// `_`: a branch that hands the value before its list on as it is.
    HandOn(Token![_]),
    /// `(b -> c)`: a flow of its own.
    Parens(Parens),
    /// `[b -> e, c]`: all of its branches, at once.
    Group(Group),
    /// `[b -> e; 8]`: its chain for each item.
    Map(Map),
    /// `match { … }`: one of its arms.
    Match(Match),
    /// `join`, `race`, `settle`, `quorum(2)`: where branches meet.
    Join(Join),
    /// `await Approval`: where a trace parks.
    Await(Await),
    /// `a else b`: a node, and those that take over if it fails.
    Else(Fallback),
}

impl Chain {
    /// Reads stages for as long as arrows follow; where one is missing, the chain ends.
    pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Self {
        let mut chain = Self { stages: Vec::new() };
        chain.read_on(input, None, errors);
        chain
    }

    /// The `_` that it is, if it is one.
    pub(crate) fn hands_on(&self) -> Option<&Token![_]> {
        match self.stages.as_slice() {
            [Stage::HandOn(token)] => Some(token),
            _ => None,
        }
    }

    /// Reads a stage after an arrow or at the beginning, and those that follow.
    pub(super) fn read_on(
        &mut self,
        input: ParseStream,
        mut arrow: Option<Token![->]>,
        errors: &mut Vec<Error>,
    ) {
        loop {
            match Stage::read(input, arrow, errors) {
                Ok(stage) => self.stages.push(stage),
                Err(error) => return errors.push(error),
            }
            arrow = input.parse().ok();
            if arrow.is_none() {
                return;
            }
        }
    }
}

impl Stage {
    /// Reads a stage. If there is none, the error is at the arrow before it.
    fn read(
        input: ParseStream,
        arrow: Option<Token![->]>,
        errors: &mut Vec<Error>,
    ) -> Result<Self, Error> {
        let stage = if input.peek(token::Paren) {
            Self::Parens(Parens::read(input, errors)?)
        } else if input.peek(token::Bracket) {
            group::read(input, errors)?
        } else if input.peek(Token![match]) {
            Self::Match(Match::read(input, errors)?)
        } else if input.peek(Token![await]) {
            Self::Await(Await::read(input)?)
        } else if input.peek(Token![_]) {
            Self::HandOn(input.parse()?)
        } else if Join::peek(input) {
            Self::Join(Join::read(input)?)
        } else {
            Self::Node(node(input, arrow)?)
        };
        Fallback::read_on(input, stage, errors)
    }

    pub(crate) fn chains_mut(&mut self) -> impl Iterator<Item = &mut Chain> {
        let (branches, map, arms) = match self {
            Self::Group(group) => (group.branches.as_mut_slice(), None, [].as_mut_slice()),
            Self::Map(map) => ([].as_mut_slice(), Some(&mut map.chain), [].as_mut_slice()),
            Self::Match(routing) => ([].as_mut_slice(), None, routing.arms.as_mut_slice()),
            _ => ([].as_mut_slice(), None, [].as_mut_slice()),
        };
        let arms = arms.iter_mut().map(|arm| &mut arm.chain);
        branches.iter_mut().chain(map).chain(arms)
    }

    /// The chains in it, but that of a part.
    pub(crate) fn chains(&self) -> impl Iterator<Item = &Chain> {
        let (branches, map, arms) = match self {
            Self::Group(group) => (group.branches.as_slice(), None, [].as_slice()),
            Self::Map(map) => ([].as_slice(), Some(&map.chain), [].as_slice()),
            Self::Match(routing) => ([].as_slice(), None, routing.arms.as_slice()),
            _ => ([].as_slice(), None, [].as_slice()),
        };
        let arms = arms.iter().map(|arm| &arm.chain);
        branches.iter().chain(map).chain(arms)
    }
}

/// The name of a node, or a path to it. `self`, `super` and `crate` only begin one.
pub(super) fn name(input: ParseStream) -> Result<Path, Error> {
    let path = input.call(Path::parse_mod_style)?;
    if let Some(last) = path.segments.last() {
        Ident::parse.parse2(last.ident.to_token_stream())?;
    }
    Ok(path)
}

fn node(input: ParseStream, arrow: Option<Token![->]>) -> Result<Path, Error> {
    name(input).map_err(|error| {
        let at_end = arrow.filter(|_| input.is_empty());
        let span = at_end.map_or(error.span(), |arrow| arrow.span());
        Error::new(span, expected(input))
    })
}

/// The error for tokens that are not a stage.
fn expected(input: ParseStream) -> String {
    match input.fork().call(Ident::parse_any) {
        Ok(word) if word == "else" => "`else` follows a node: `a else b`".to_owned(),
        Ok(word) => format!("`{word}` is a keyword: a node of this name is `r#{word}`"),
        Err(_) => "expected a node, a group or a `match`: `a -> b`, `a -> [b, c]`, \
                   `a -> match { … }`"
            .to_owned(),
    }
}
