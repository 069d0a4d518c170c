//! Tells of a trace's start and of its end, however it comes, if somebody listens.

use std::time::Duration;

use crate::clock;
use crate::event::{EventKind, Note, Place};
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

    fn tell(&self, kind: EventKind, latency: Option<Duration>) {
        self.0.common.tell(&Note::of(kind).at(Place {
            trace_id: self.0.cover.trace_id,
            node: None,
            playbook: None,
            attempt: 0,
            latency,
            waiting: 0,
        }));
    }
}

impl Drop for TraceSpan<'_> {
    fn drop(&mut self) {
        self.tell(EventKind::TraceEnd, Some(clock::since(self.0.cover.ts)));
    }
}
