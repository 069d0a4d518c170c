//! A chain: stages, with arrows between them.

use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Path, Token, token};

use super::group::Group;
use super::join::Join;
use super::route::Match;

/// `a -> b -> c`
pub(crate) struct Chain {
    pub(crate) stages: Vec<Stage>,
}

/// What may stand between two arrows.
pub(crate) enum Stage {
    /// A node, by its name or path.
    Node(Path),
    /// `[b -> e, c]`: all of its branches, at once.
    Group(Group),
    /// `match { … }`: one of its arms.
    Match(Match),
    /// `join`, `race`, `settle`, `quorum(2)`: where branches meet.
    Join(Join),
}

impl Chain {
    /// Reads stages for as long as arrows follow; where one is missing, the chain ends.
    pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Self {
        let mut chain = Self { stages: Vec::new() };
        chain.read_on(input, None, errors);
        chain
    }

    /// Reads what follows the stages so far: a stage, if an arrow or nothing is before it.
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
    /// Reads a stage; if there is none, the arrow before it is what is wrong.
    fn read(
        input: ParseStream,
        arrow: Option<Token![->]>,
        errors: &mut Vec<Error>,
    ) -> Result<Self, Error> {
        if input.peek(token::Bracket) {
            return Group::read(input, errors).map(Self::Group);
        }
        if input.peek(Token![match]) {
            return Match::read(input, errors).map(Self::Match);
        }
        if Join::peek(input) {
            return Join::read(input).map(Self::Join);
        }
        let path = input.call(Path::parse_mod_style);
        let path = path.map_err(|error| {
            let at_end = arrow.filter(|_| input.is_empty());
            let span = at_end.map_or(error.span(), |arrow| arrow.span());
            Error::new(
                span,
                "expected a node (its name, or a path to it), a group `[a, b]`, or `match { … }`",
            )
        })?;
        Ok(Self::Node(path))
    }
}
