//! The span of an attempt, and that of its trace.

use tracing::level_filters::LevelFilter;
use tracing::{Span, field};

use super::Observed;
use crate::error::ErrorKind;

impl Observed<'_> {
    pub(super) fn new_span(&self) -> Option<Span> {
        if LevelFilter::current() < LevelFilter::DEBUG {
            return None;
        }
        let node = self.cursor.name(self.index);
        Some(tracing::debug_span!(
            target: "penguiflow",
            "node",
            otel.name = node,
            trace_id = %self.cursor.envelope().trace_id,
            node,
            attempt = self.attempt,
            otel.status_code = field::Empty,
            "error.type" = field::Empty,
        ))
    }

    /// Writes down in the attempt's span how it ended.
    pub(super) fn record_end(&self, error: Option<ErrorKind>) {
        let Some(span) = self.span() else { return };
        match error {
            None => span.record("otel.status_code", "OK"),
            Some(ErrorKind::Cancelled | ErrorKind::DeadlineExceeded) => span,
            Some(_) => span.record("otel.status_code", "ERROR"),
        };
        if let Some(kind) = error {
            span.record("error.type", kind.as_str());
        }
    }

    /// The span of the trace, which an event between two attempts is in.
    pub(super) fn trace_span(&self) -> Option<&Span> {
        self.cursor.trace.span()
    }
}
