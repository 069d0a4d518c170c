//! Reports a trace's start and its end, in every case, if somebody listens.

use crate::visit::TraceContext;

/// A trace that is reported. Dropped, it is over.
pub(crate) struct TraceSpan<'t>(&'t TraceContext<'t>);

impl<'t> TraceSpan<'t> {
    /// Reports its start; `None` if nobody listens.
    #[inline]
    pub(crate) fn start(trace: &'t TraceContext<'t>) -> Option<Self> {
        trace.is_reported().then(|| {
            trace.report_start();
            Self(trace)
        })
    }
}

impl Drop for TraceSpan<'_> {
    fn drop(&mut self) {
        self.0.report_end(None);
    }
}
