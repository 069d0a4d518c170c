//! The seed of an attempt: its trace, its state, its node, and its number.

use std::fmt;
use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use super::call_order::CallOrder;
use super::cursor::Cursor;
use super::link::LastFailure;
use super::silence::Silence;

/// The seed of an attempt's parts. It has nothing to drop, so that a node that extracts
/// nothing is called as a function is.
#[doc(hidden)]
pub struct AttemptSeed<'v, S> {
    pub(super) cursor: &'v Cursor<'v>,
    pub(super) state: &'v S,
    pub(super) index: u32,
    pub(super) one_of: Option<&'v OneOfSeveral<'v>>,
}

impl<S> Clone for AttemptSeed<'_, S> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for AttemptSeed<'_, S> {}

impl<S> fmt::Debug for AttemptSeed<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptSeed")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

impl Cursor<'_> {
    /// The seed of the first attempt of a visit that begins here.
    #[inline]
    pub fn visit<'v, S>(&'v self, state: &'v S, index: u32) -> AttemptSeed<'v, S> {
        AttemptSeed {
            cursor: self,
            state,
            index,
            one_of: None,
        }
    }
}

/// One of several attempts, or one that a policy may cut.
pub(super) struct OneOfSeveral<'a> {
    pub(super) number: u32,
    /// When it ends at the latest by the node's policy or the deadline.
    pub(super) until: Option<Instant>,
    pub(super) in_common: &'a OnceLock<Arc<InCommon>>,
    /// That of a node with `idle`.
    pub(super) silence: Option<&'a Arc<Silence>>,
}

/// The state that the attempts of a visit share. Made when first asked for.
#[derive(Default)]
pub(super) struct InCommon {
    /// The last failure in a flow that an attempt ran when it was cut.
    pub(super) inner_failure: LastFailure,
    /// How the attempt before failed.
    pub(super) last_failure: LastFailure,
    pub(super) calls: Arc<CallOrder>,
}

impl OneOfSeveral<'_> {
    pub(super) fn in_common(&self) -> &InCommon {
        self.in_common.get_or_init(Arc::default)
    }
}
