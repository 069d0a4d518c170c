//! The order in which flow values are made.

use std::sync::atomic::{AtomicU64, Ordering};

/// When something was made, in the order in which flow values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Made(u64);

static FLOWS: AtomicU64 = AtomicU64::new(0);

impl Made {
    /// After all flow values that there are.
    #[inline]
    pub(crate) fn now() -> Self {
        Self(FLOWS.load(Ordering::Relaxed))
    }

    /// A flow value is made.
    pub(super) fn next() -> Self {
        Self(FLOWS.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
