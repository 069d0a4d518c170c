//! A trace that somebody waits for: where nobody does any more, it is cancelled.

use std::pin::Pin;

use tokio::runtime::Handle;

/// The trace of a call. Dropped before it is over, it is cancelled by a request of its own.
pub(super) struct Wanted {
    /// Until the trace is over.
    cancel: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Wanted {
    /// A trace that this future cancels.
    pub(super) fn new(cancel: impl Future<Output = ()> + Send + 'static) -> Self {
        let cancel = Some(Box::pin(cancel) as _);
        Self { cancel }
    }

    /// It has ended, or may go on.
    pub(super) fn release(&mut self) {
        self.cancel = None;
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        if let (Some(cancel), Ok(runtime)) = (self.cancel.take(), Handle::try_current()) {
            runtime.spawn(cancel);
        }
    }
}
