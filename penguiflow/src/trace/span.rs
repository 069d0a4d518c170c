//! Reports a trace's start and its end, in every case, if somebody listens.

use crate::event::{EventDraft, EventKind, EventSource, Subject};
use crate::visit::TraceContext;

/// A trace that is reported. Dropped, it is over.
pub(crate) struct TraceSpan<'t>(&'t TraceContext<'t>);

impl<'t> TraceSpan<'t> {
    /// Reports its start; `None` if nobody listens.
    #[inline]
    pub(crate) fn start(trace: &'t TraceContext<'t>) -> Option<Self> {
        trace.flow.takes(EventKind::TraceStart).then(|| {
            let span = Self(trace);
            span.report(
                EventKind::TraceStart,
                EventSource::trace(trace.envelope.trace_id, None),
            );
            span
        })
    }

    fn report(&self, kind: EventKind, source: EventSource) {
        self.0.flow.report(&EventDraft::of(kind), source);
    }
}

impl Drop for TraceSpan<'_> {
    fn drop(&mut self) {
        let envelope = self.0.envelope;
        let source = EventSource {
            subject: Subject::Ended {
                outcome: self.0.outcome(),
                tokens: self.0.spent(),
            },
            ..EventSource::trace(envelope.trace_id, Some(envelope.made()))
        };
        self.report(EventKind::TraceEnd, source);
    }
}
