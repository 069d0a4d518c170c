//! What listeners learn of a trace as a whole: its span, its start, and how it ends.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tracing::level_filters::LevelFilter;
use tracing::{Span, field};

use super::flow_context::FlowContext;
use super::trace_context::TraceContext;
use crate::error::FlowError;
use crate::event::{EventDraft, EventKind, EventSource, Subject, TraceOutcome};
use crate::message::Envelope;

impl<'t> TraceContext<'t> {
    /// A trace of its own, which is reported to those who listen. Always inlined: otherwise it is made
    /// elsewhere, and copied.
    #[inline(always)]
    pub(crate) fn reported(flow: &'t Arc<FlowContext>, envelope: &'t Envelope) -> Self {
        match flow.is_traced() {
            // Who takes visits takes traces, too.
            false => Self::with(flow, envelope, None, (false, false)),
            true => {
                let span = new_span(flow, envelope);
                Self::with(flow, envelope, span, (true, flow.is_observed()))
            }
        }
    }

    /// The span in which it runs, if a subscriber may take it.
    pub(crate) fn span(&self) -> Option<&Span> {
        self.span.as_deref()
    }

    /// Whether somebody listens: to learn how it ends, or within its span.
    #[inline]
    pub(crate) fn is_reported(&self) -> bool {
        self.is_reported
    }

    #[cold]
    pub(crate) fn report_start(&self) {
        if self.flow.takes(EventKind::TraceStart) {
            let source = EventSource::trace(self.envelope, None);
            self.report(EventDraft::of(EventKind::TraceStart), source);
        }
    }

    /// Reports the end, unless it was reported with the error that the trace ended in.
    #[cold]
    pub(crate) fn report_end(&self, error: Option<&FlowError>) {
        if !self.is_reported || self.has_reported_end.swap(true, Ordering::Relaxed) {
            return;
        }
        let (outcome, tokens) = (self.outcome(), self.spent());
        self.record_end(outcome, tokens, error);
        if !self.flow.takes_at(outcome.level()) {
            return;
        }
        let draft = EventDraft::of(EventKind::TraceEnd);
        let source = EventSource {
            subject: Subject::Ended { outcome, tokens },
            ..EventSource::trace(self.envelope, Some(self.envelope.made()))
        };
        match error {
            Some(error) => self.report(draft.ended_in(error), source),
            None => self.report(draft, source),
        }
    }

    /// Reports an event inside the trace's span.
    fn report(&self, draft: EventDraft<'_>, source: EventSource<'_>) {
        let report = || self.flow.report(&draft, source);
        match self.span() {
            Some(span) => span.in_scope(report),
            None => report(),
        }
    }

    /// Writes down in the span how the trace ended.
    fn record_end(&self, outcome: TraceOutcome, tokens: u64, error: Option<&FlowError>) {
        let Some(span) = self.span() else { return };
        span.record("outcome", outcome.as_str());
        span.record("tokens", tokens);
        if let Some(error) = error {
            span.record("error.type", error.kind().as_str());
        }
        let status = match outcome {
            TraceOutcome::Completed => "OK",
            TraceOutcome::Failed | TraceOutcome::Deadline => "ERROR",
            TraceOutcome::Cancelled | TraceOutcome::Filtered => return,
        };
        span.record("otel.status_code", status);
    }
}

#[cold]
#[inline(never)]
fn new_span(flow: &FlowContext, envelope: &Envelope) -> Option<Arc<Span>> {
    if LevelFilter::current() < LevelFilter::INFO {
        return None;
    }
    let tenant = Some(envelope.headers().tenant.as_str()).filter(|tenant| !tenant.is_empty());
    // Two forms of one span: `parent:` cannot stand for the span that is entered.
    macro_rules! span {
        ($($parent:tt)*) => {
            tracing::info_span!(
                target: "penguiflow",
                $($parent)*
                "trace",
                otel.name = flow.outermost.name,
                flow = flow.outermost.name,
                trace_id = %envelope.trace_id,
                tenant,
                outcome = field::Empty,
                tokens = field::Empty,
                otel.status_code = field::Empty,
                "error.type" = field::Empty,
            )
        };
    }
    Some(Arc::new(match envelope.take_parent_span() {
        Some(parent) => span!(parent: &parent,),
        None => span!(),
    }))
}
