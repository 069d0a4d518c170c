//! What a visit shares with its contexts, which may outlive it. Made when first asked for.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::chunk::Streams;

/// Reports to contexts that their attempt was dropped, and to the attempt what they spent.
#[derive(Default)]
pub(crate) struct Link {
    is_cancelled: AtomicBool,
    tokens: AtomicU64,
    /// Where its chunks go, if somebody reads the trace.
    pub(super) streams: Option<Arc<Streams>>,
}

impl Link {
    pub(super) fn new(streams: Option<Arc<Streams>>) -> Self {
        Self {
            streams,
            ..Self::default()
        }
    }

    pub(crate) fn spend(&self, tokens: u64) {
        let add = |spent: u64| Some(spent.saturating_add(tokens));
        let _ = self
            .tokens
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, add);
    }

    pub(crate) fn spent(&self) -> u64 {
        self.tokens.load(Ordering::Acquire)
    }

    /// The tokens spent since this was last asked.
    pub(super) fn take_spent(&self) -> u64 {
        self.tokens.swap(0, Ordering::AcqRel)
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Acquire)
    }

    pub(super) fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Release);
    }

    pub(crate) fn streams(&self) -> Option<&Arc<Streams>> {
        self.streams.as_ref()
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}
