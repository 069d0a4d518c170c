//! A trace that somebody waits for: where nobody does any more, it is cancelled.

use penguiflow::TraceId;
use serde_json::value::RawValue;
use tokio::runtime::Handle;

use super::running::Running;

/// The trace of a call. Dropped before it is over, it is cancelled by a request of its own.
pub(super) struct Wanted {
    running: Running<Box<RawValue>, Box<RawValue>>,
    id: TraceId,
    is_over: bool,
}

impl Wanted {
    pub(super) fn new(running: Running<Box<RawValue>, Box<RawValue>>, id: TraceId) -> Self {
        let is_over = false;
        Self {
            running,
            id,
            is_over,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// It has ended, or may go on.
    pub(super) fn release(&mut self) {
        self.is_over = true;
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            let (running, id) = (self.running.clone(), self.id);
            runtime.spawn(async move {
                let _ = running.cancel(id).await;
            });
        }
    }
}
