//! What a node can cost by its policy, where a program set that at run time.

/// What a node can cost by its policy.
#[derive(Clone, Copy)]
pub(super) struct NodeCost {
    /// The longest that a visit can take, in nanoseconds.
    pub(super) time: u64,
    /// How many visits run at once.
    pub(super) width: usize,
}
