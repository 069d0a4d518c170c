//! Tells of a trace's start and of its end, however it comes, if somebody listens.

use tokio::time::Instant;

use crate::event::{EventDraft, EventKind, EventSource};
use crate::visit::TraceContext;

/// A trace that is told of. Dropped, it is over.
pub(crate) struct TraceSpan<'t>(&'t TraceContext<'t>);

impl<'t> TraceSpan<'t> {
    /// Tells of its start; `None` if nobody listens.
    #[inline]
    pub(crate) fn start(trace: &'t TraceContext<'t>) -> Option<Self> {
        trace.common.hears(EventKind::TraceStart).then(|| {
            let span = Self(trace);
            span.tell(EventKind::TraceStart, None);
            span
        })
    }

    fn tell(&self, kind: EventKind, began: Option<Instant>) {
        let source = EventSource::trace(self.0.cover.trace_id, began);
        self.0.common.tell(EventDraft::of(kind), source);
    }
}

impl Drop for TraceSpan<'_> {
    fn drop(&mut self) {
        self.tell(EventKind::TraceEnd, Some(self.0.cover.made()));
    }
}
