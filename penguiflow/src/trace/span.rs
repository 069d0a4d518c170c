//! Reports a trace's start and its end, in every case, if somebody listens.

use tokio::time::Instant;

use crate::event::{EventDraft, EventKind, EventSource};
use crate::visit::TraceContext;

/// A trace that is reported. Dropped, it is over.
pub(crate) struct TraceSpan<'t>(&'t TraceContext<'t>);

impl<'t> TraceSpan<'t> {
    /// Reports its start; `None` if nobody listens.
    #[inline]
    pub(crate) fn start(trace: &'t TraceContext<'t>) -> Option<Self> {
        trace.flow.takes(EventKind::TraceStart).then(|| {
            let span = Self(trace);
            span.report(EventKind::TraceStart, None);
            span
        })
    }

    fn report(&self, kind: EventKind, began: Option<Instant>) {
        let source = EventSource::trace(self.0.envelope.trace_id, began);
        self.0.flow.report(&EventDraft::of(kind), source);
    }
}

impl Drop for TraceSpan<'_> {
    fn drop(&mut self) {
        self.report(EventKind::TraceEnd, Some(self.0.envelope.made()));
    }
}
