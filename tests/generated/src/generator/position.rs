//! Where in a tree something is drawn, and so what may be.

use super::Stage;

/// How deep groups stand in groups.
pub(super) const DEPTH: usize = 3;

/// Where something is drawn.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// In how many groups.
    pub(super) depth: usize,
    /// Whether nothing but OpenSea is before it.
    pub(super) is_first: bool,
    /// Whether one message must stay one: a join or a loop is around it.
    pub(super) is_alone: bool,
    /// The head of the loop around it, to which an arm may lead back.
    pub(super) head: Option<usize>,
}

impl Place {
    pub(super) const SEA: Self = Self {
        depth: 0,
        is_first: true,
        is_alone: false,
        head: None,
    };

    pub(super) fn deeper(self) -> Self {
        let depth = self.depth + 1;
        // A branch does not lead back to before it.
        let head = None;
        Self {
            depth,
            head,
            ..self
        }
    }

    pub(super) fn behind(self, chain: &[Stage]) -> Self {
        let is_first = self.is_first && chain.is_empty();
        Self { is_first, ..self }
    }

    pub(super) fn in_loop(self, head: usize) -> Self {
        Self {
            is_alone: true,
            is_first: false,
            head: Some(head),
            ..self
        }
    }
}
