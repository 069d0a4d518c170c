//! Which headers a message has after a join.

/// The rule by which a join merges its inputs' headers: `#[flow(headers = "…")]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderRule {
    /// Those of the first input, and what later inputs add.
    All,
    /// Those of the first input alone.
    First,
}
