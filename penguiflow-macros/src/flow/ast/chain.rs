//! A chain: stages, with arrows between them.

use syn::parse::ParseStream;
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
        loop {
            match Stage::read(input) {
                Ok(stage) => stages.push(stage),
                Err(error) => {
                    errors.push(error);
                    break;
                }
            }
            if input.parse::<Token![->]>().is_err() {
                break;
            }
        }
        Self { stages }
    }
}

impl Stage {
    fn read(input: ParseStream) -> Result<Self, Error> {
        let path = input.call(Path::parse_mod_style);
        let path = path.map_err(|error| {
            Error::new(error.span(), "expected a node: its name, or a path to it")
        })?;
        Ok(Self::Node(path))
    }
}
