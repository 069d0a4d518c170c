//! The kinds of joins. All stages share this type: a kind means the same in each of them.

/// How many branches a join waits for, and what it makes of them.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum JoinKind {
    /// All: a tuple.
    Join,
    /// All, failed ones too: a tuple of results.
    Settle,
    /// The first that succeeds.
    Race,
    /// The first few that succeed, this many: a `Vec`.
    Quorum(usize),
    /// The end of a map without a join: each of its items goes on by itself.
    Each,
}

impl JoinKind {
    /// Whether a branch may fail without failing the join.
    pub(crate) fn tolerates_failures(self) -> bool {
        matches!(self, Self::Race | Self::Quorum(_) | Self::Settle)
    }

    /// The word for it in `flow!`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Settle => "settle",
            Self::Race => "race",
            Self::Quorum(_) => "quorum",
            Self::Each => "each",
        }
    }
}
