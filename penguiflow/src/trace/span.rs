//! Reports a trace's start and its end, in every case, if somebody listens.

use crate::visit::TraceContext;

/// A trace, which is reported if somebody listens. Dropped, it is over.
pub(crate) struct TraceSpan<'t>(&'t TraceContext<'t>);

impl<'t> TraceSpan<'t> {
    /// Reports its start.
    #[inline]
    pub(crate) fn start(trace: &'t TraceContext<'t>) -> Self {
        if trace.is_reported() {
            trace.report_start();
        }
        Self(trace)
    }
}

impl Drop for TraceSpan<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.0.is_reported() {
            self.0.report_end(None);
        }
    }
}
