//! A chain: stages, with arrows between them.

use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Path, Token};

/// `a -> b -> c`
pub(crate) struct Chain {
    pub(crate) stages: Vec<Stage>,
}

/// What may stand between two arrows.
pub(crate) enum Stage {
    /// A node, by its name or path.
    Node(Path),
}

impl Chain {
    /// Reads stages for as long as arrows follow; where one is missing, the chain ends.
    pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Self {
        let mut stages = Vec::new();
        let mut arrow: Option<Token![->]> = None;
        loop {
            match Stage::read(input, arrow) {
                Ok(stage) => stages.push(stage),
                Err(error) => {
                    errors.push(error);
                    break;
                }
            }
            arrow = input.parse().ok();
            if arrow.is_none() {
                break;
            }
        }
        Self { stages }
    }
}

impl Stage {
    /// Reads a stage; if there is none, the arrow before it is what is wrong.
    fn read(input: ParseStream, arrow: Option<Token![->]>) -> Result<Self, Error> {
        let path = input.call(Path::parse_mod_style);
        let path = path.map_err(|error| {
            let at_end = arrow.filter(|_| input.is_empty());
            let span = at_end.map_or(error.span(), |arrow| arrow.span());
            Error::new(span, "expected a node: its name, or a path to it")
        })?;
        Ok(Self::Node(path))
    }
}
