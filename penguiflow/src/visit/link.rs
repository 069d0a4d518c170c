//! The link between a visit and its contexts, which may outlive it. Made when first asked for.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::call_order::{CallOrder, Calls};
use super::silence::Silence;
use super::streams::Streams;
use crate::error::BoxError;

/// The last failure in an attempt that runs a flow: if the attempt is cut, it is why there was
/// no result by then.
#[derive(Default)]
pub(crate) struct LastFailure(Mutex<Option<BoxError>>);

impl LastFailure {
    pub(crate) fn set(&self, failure: BoxError) {
        let before = self.lock().replace(failure);
        // Dropped without the lock: it is the user's.
        drop(before);
    }

    pub(crate) fn take(&self) -> Option<BoxError> {
        self.lock().take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<BoxError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The flows that an attempt runs.
pub(crate) struct InnerFlows {
    /// The last failure in one of them.
    pub(crate) last_failure: LastFailure,
    pub(crate) calls: Calls,
}

/// Reports to contexts that their attempt was dropped, and to the attempt what they spent.
pub(crate) struct Link {
    is_cancelled: AtomicBool,
    attempt: u32,
    tokens: AtomicU64,
    /// The calls that the attempts of the visit share, if there may be several.
    order: Option<Arc<CallOrder>>,
    inner: OnceLock<Box<InnerFlows>>,
    /// Where its chunks go, if somebody reads the trace.
    pub(super) streams: Option<Arc<Streams>>,
    /// What its chunks break: its own, or that of the visit that runs the flow.
    silence: Option<Arc<Silence>>,
}

impl Link {
    #[inline]
    pub(super) fn new(
        streams: Option<Arc<Streams>>,
        attempt: u32,
        order: Option<Arc<CallOrder>>,
        silence: Option<Arc<Silence>>,
    ) -> Self {
        Self {
            is_cancelled: AtomicBool::new(false),
            attempt,
            tokens: AtomicU64::new(0),
            order,
            inner: OnceLock::new(),
            streams,
            silence,
        }
    }

    /// Made when a flow runs in the attempt.
    pub(crate) fn inner(&self) -> &InnerFlows {
        self.inner.get_or_init(|| {
            Box::new(InnerFlows {
                last_failure: LastFailure::default(),
                calls: Calls::new(self.attempt, self.order.clone()),
            })
        })
    }

    /// The last failure in a flow that the attempt ran.
    pub(super) fn take_failure(&self) -> Option<BoxError> {
        self.inner.get()?.last_failure.take()
    }

    /// Whether other attempts may follow, or went before.
    pub(crate) fn is_one_of_several(&self) -> bool {
        self.order.is_some()
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

    pub(super) fn silence(&self) -> Option<&Arc<Silence>> {
        self.silence.as_ref()
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
